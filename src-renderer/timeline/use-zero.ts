import { useState } from 'react'
import { useHome } from '../app/lab-data.js'
import { useStream } from '../app/use-stream.js'

/** When the attempt of this lab began, in epoch ms: times are counted from there, as on the clock in the bar. Null without one. */
export function useZero(lab: string): number | null {
  const { home } = useHome()
  const id = home?.labs.find((each) => each.lab === lab)?.attempt ?? null
  const { value } = useStream('attempts.watch', id ? { attempt: id } : null)
  // a finished attempt leaves the lab's summary, and the clock may not jump
  const [last, setLast] = useState<number | null>(null)
  const now = value?.startedAt ?? null
  if (now !== null && now !== last) setLast(now)
  return now ?? last
}
