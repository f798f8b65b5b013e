import { useEffect, useRef } from 'react'
import type { BootProgress } from '../../src-main/contract/lab.js'

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
              {line.line}
            </span>
          </li>
        ))}
        {lines === 0 && <li className="ink3">No service has said anything yet.</li>}
      </ol>
    </section>
  )
}
