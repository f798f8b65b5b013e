import { useEffect, useState, type RefObject } from 'react'

/**
 * Now, again every `everyMs`, but not while nobody can see it: hidden windows and folded panels cost nothing.
 * `clock` gives the time; a null `everyMs` stands still.
 */
export function useTicking(clock: () => number, everyMs: number | null, seen: RefObject<Element | null>): number {
  const [now, setNow] = useState(clock)
  useEffect(() => {
    if (everyMs === null) return
    let visible = true
    const tick = (): void => {
      if (visible && document.visibilityState === 'visible') setNow(Math.floor(clock() / everyMs) * everyMs)
    }
    const timer = setInterval(tick, everyMs)
    const observer = new IntersectionObserver((entries) => {
      visible = entries.at(-1)?.isIntersecting ?? true
      tick()
    })
    if (seen.current) observer.observe(seen.current)
    document.addEventListener('visibilitychange', tick)
    return () => {
      clearInterval(timer)
      observer.disconnect()
      document.removeEventListener('visibilitychange', tick)
    }
  }, [clock, everyMs, seen])
  return now
}
