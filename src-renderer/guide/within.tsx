import { useNow } from '../app/clock.js'
import { moment } from '../ui/format.js'
import { Icon } from '../ui/icons.js'

const tickMs = 5_000

/** How much of a deadline is used up: a bar with a tick every 5 s (fewer where they would touch). */
export function Within({ within }: { within: { ms: number; since: number } }) {
  const now = useNow(100)
  const passed = Math.min(within.ms, Math.max(0, now - within.since))
  const part = (ms: number): string => `${(ms / within.ms) * 100}%`
  const every = within.ms > 40 * tickMs ? 12 * tickMs : tickMs
  const ticks = Array.from({ length: Math.max(0, Math.ceil(within.ms / every) - 1) }, (_, index) => (index + 1) * every)
  return (
    <div className="within">
      <div className="within-track">
        <div className="within-done" style={{ width: part(passed) }} />
        {ticks.map((tick) => (
          <div key={tick} className="within-tick" style={{ left: part(tick) }} />
        ))}
        <div className="within-now" style={{ left: part(passed) }} />
      </div>
      <div className="within-labels tn">
        <span>0 s</span>
        <b>{(passed / 1000).toFixed(1)} s</b>
        <span>deadline {Math.round(within.ms / 1000)} s</span>
      </div>
    </div>
  )
}

/** When a check could not be asked; it is asked again by itself. */
export function Tries({ tries, startedAt }: { tries: number[]; startedAt: number }) {
  return (
    <span className="mono t1 tn tries">
      {tries.slice(-3).map((at) => (
        <span key={at}>
          <Icon name="close" size={12} />
          {moment(at - startedAt)}
        </span>
      ))}
      <span className="ink2">again by itself</span>
    </span>
  )
}
