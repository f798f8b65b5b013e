import { useEffect, useState } from 'react'
import { useCluster } from '../app/lab-data.js'
import { serverNow } from '../app/clock.js'

const samples = 20
const everyMs = 500

/** Writes per second of the last ten seconds, newest last; null before there was a reading. */
function usePulse(rate: number | null): (number | null)[] {
  const [bars, setBars] = useState<(number | null)[]>(() => Array<null>(samples).fill(null))
  const [latest, setLatest] = useState(rate)
  if (latest !== rate) setLatest(rate)
  useEffect(() => {
    const timer = setInterval(() => setBars((old) => [...old.slice(1), latest]), everyMs)
    return () => clearInterval(timer)
  }, [latest])
  return bars
}

/** The client's heartbeat: acknowledged writes, bar by bar; a flat red line where none came back. */
export function Pulse({ lab }: { lab: string }) {
  const { cluster, stale } = useCluster(lab)
  const probe = cluster?.probe ?? null
  const running = probe?.running === true
  const bars = usePulse(running && !stale ? Math.round(probe.writesPerSecond) : null)
  if (!probe) return <span className="ink3 wide-only">probe not running</span>
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
          {running && !stale ? rate : '-'}
        </b>{' '}
        <span className="ink3">writes/s</span>
      </span>
    </span>
  )
}
