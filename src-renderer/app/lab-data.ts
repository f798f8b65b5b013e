import { useEffect, useState } from 'react'
import type { LabInfo } from '../../src-main/contract/lab.js'
import { noteServerTime } from './clock.js'
import { createClient } from './connection.js'
import { useStream } from './use-stream.js'

/** What home.watch says; every screen uses the one subscription. */
export function useHome() {
  const { value, state } = useStream('home.watch', undefined)
  useEffect(() => {
    if (value) noteServerTime(value.at)
  }, [value])
  return { home: value, stale: state === 'stale' }
}

/** The cluster as the observer sees it, at most ten times a second. */
export function useCluster(lab: string) {
  const { value, state } = useStream('cluster.watch', { lab })
  useEffect(() => {
    if (value) noteServerTime(value.at)
  }, [value])
  return { cluster: value, stale: state === 'stale' }
}

/**
 * What the lab was started with: it does not change once its network is chosen, so it is asked once, and again whenever
 * `again` is another one. Null until then, and while nothing can be had.
 */
export function useLabInfo(lab: string, again = false): LabInfo | null {
  const [info, setInfo] = useState<LabInfo | null>(null)
  useEffect(() => {
    let gone = false
    createClient()
      .labs.get({ lab })
      .then((value) => !gone && setInfo(value))
      .catch(() => undefined) // not there yet: whoever needs it shows without
    return () => {
      gone = true
    }
  }, [lab, again])
  return info?.lab === lab ? info : null
}
