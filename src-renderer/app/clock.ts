import { useEffect, useState } from 'react'

/**
 * Times on screen are the app's, not the browser's: a browser on another machine may be minutes off. The smallest
 * difference seen is the best guess, since a message can only arrive late.
 */
let offsetMs = Number.POSITIVE_INFINITY

/** Tell the clock when a message says it was made. */
export function noteServerTime(epochMs: number): void {
  offsetMs = Math.min(offsetMs, Date.now() - epochMs)
}

/** Now, on the app's clock. */
export const serverNow = (): number => Date.now() - (Number.isFinite(offsetMs) ? offsetMs : 0)

/** Now on the app's clock, again every `everyMs`; figures that count up or down use it. */
export function useNow(everyMs = 1000): number {
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
