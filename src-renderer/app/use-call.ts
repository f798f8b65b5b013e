import { useCallback, useEffect, useRef, useState } from 'react'
import { connectedSoon, failureOf, type Failure } from './connection.js'

export interface Call<A extends unknown[], T> {
  run: (...args: A) => Promise<T | undefined>
  busy: boolean
  /** Shown where the call was made; gone with the next try. */
  failure: Failure | null
  clear: () => void
}

/** A call to src-main behind a button: one at a time, and its failure stays where the learner looks. */
export function useCall<A extends unknown[], T>(call: (...args: A) => Promise<T>): Call<A, T> {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const latest = useRef(call)
  const running = useRef(false)
  useEffect(() => {
    latest.current = call
  })
  const run = useCallback(async (...args: A): Promise<T | undefined> => {
    if (running.current) return undefined
    running.current = true
    setBusy(true)
    setFailure(null)
    try {
      await connectedSoon()
      return await latest.current(...args)
    } catch (error) {
      setFailure(failureOf(error))
      return undefined
    } finally {
      running.current = false
      setBusy(false)
    }
  }, [])
  const clear = useCallback(() => setFailure(null), [])
  return { run, busy, failure, clear }
}
