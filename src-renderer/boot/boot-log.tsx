import { useEffect, useRef } from 'react'
import type { BootProgress } from '../../src-main/contract/lab.js'

/** "2026-11-21 03:48:40.760 UTC [95] " and the like: the time is in the first column already. */
const stamp = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[.,]?\d*(Z| UTC)?\s*(\[\d+\]\s*)?/

/** A service's line without its own time; of a line of JSON (etcd writes those) the message and what went wrong. */
export function plainLine(line: string): string {
  if (line.startsWith('{')) {
    try {
      const { msg, error } = JSON.parse(line) as { msg?: unknown; error?: unknown }
      if (typeof msg === 'string') return typeof error === 'string' ? `${msg}: ${error}` : msg
    } catch {
      // cut in the middle, but its message came before that
      const message = /"msg":("(?:[^"\\]|\\.)*")/.exec(line)?.[1]
      return message ? message.slice(1, -1).replaceAll('\\"', '"') : line
    }
  }
  return line.replace(stamp, '')
}

/** What the services themselves say, newest last; more of it where the boot failed. */
export function BootLog({ progress }: { progress: BootProgress }) {
  const list = useRef<HTMLOListElement>(null)
  const lines = progress.log.length
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight })
  }, [lines])
  return (
    <section className="boot-log" aria-label="Log" data-failed={progress.state === 'failed'}>
      <ol ref={list} className="mono" tabIndex={0} aria-label="Log lines">
        {progress.log.map((line, index) => (
          <li key={index} data-last={index === lines - 1}>
            <span className="ink3 tn">{(line.atMs / 1000).toFixed(1)} s</span>
            <span>{line.host}</span>
            <span className="ink3">{line.service}</span>
            <span className="cut" title={line.line}>
              {plainLine(line.line)}
            </span>
          </li>
        ))}
        {lines === 0 && <li className="boot-log-none ink3">No service has said anything yet.</li>}
      </ol>
    </section>
  )
}
