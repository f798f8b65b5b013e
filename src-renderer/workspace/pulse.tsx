import { useEffect, useRef, useState } from 'react'
import { createClient } from '../app/connection.js'
import { useCluster } from '../app/lab-data.js'
import { useCall } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { serverNow } from '../app/clock.js'

const samples = 20
const everyMs = 500

/** Writes per second of the last ten seconds, newest last; null before there was a reading. */
function usePulse(rate: number | null): (number | null)[] {
  const [bars, setBars] = useState<(number | null)[]>(() => Array<null>(samples).fill(null))
  const latest = useRef(rate)
  useEffect(() => {
    latest.current = rate
  }, [rate])
  useEffect(() => {
    const timer = setInterval(() => setBars((old) => [...old.slice(1), latest.current]), everyMs)
    return () => clearInterval(timer)
  }, [])
  return bars
}

/** The client's heartbeat: acknowledged writes, bar by bar; a flat red line where none came back. */
export function Pulse({ lab }: { lab: string }) {
  const { cluster, stale } = useCluster(lab)
  const probe = cluster?.probe ?? null
  const bars = usePulse(probe?.running && !stale ? Math.round(probe.writesPerSecond) : null)
  if (!probe?.running) return <StartProbe lab={lab} />
  const full = Math.max(1, probe.rate)
  const rate = Math.round(probe.writesPerSecond)
  const open = probe.outages.at(-1)
  const outSince = open && open.until === null ? open.lastAckAt : null
  return (
    <span
      className="pulse"
      title={
        outSince
          ? `No write acknowledged for ${Math.round((serverNow() - outSince) / 1000)} s`
          : 'Acknowledged writes through the proxy'
      }
    >
      <svg width={samples * 4} height="16" aria-hidden="true">
        {bars.map((bar, index) => {
          if (bar === null) return null
          const height = bar === 0 ? 1 : Math.max(2, Math.min(14, Math.round((bar / full) * 12)))
          const fill = bar === 0 ? 'var(--fault)' : 'var(--ink2)'
          return <rect key={index} x={index * 4} y={16 - height} width="2" height={height} fill={fill} />
        })}
      </svg>
      <span className="mono tn">
        <b style={{ fontWeight: 600, display: 'inline-block', minWidth: '3ch', textAlign: 'right' }}>
          {stale ? '-' : rate}
        </b>{' '}
        <span className="ink3">writes/s</span>
      </span>
    </span>
  )
}

/** Writes through the proxy and keeps a ledger; an exercise starts it by itself. */
function StartProbe({ lab }: { lab: string }) {
  const start = useCall(() => createClient().probe.start({ lab }))
  return (
    <>
      {start.failure && (
        <span className="t1" style={{ color: 'var(--fault)', marginRight: 8 }} role="alert" title={start.failure.next}>
          {start.failure.what}
        </span>
      )}
      <Button size="small" look="quiet" icon="run" busy={start.busy} onClick={() => void start.run()}>
        Start the probe
      </Button>
    </>
  )
}
