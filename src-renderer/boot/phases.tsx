import type { BootPhaseView, BootProgress } from '../../src-main/contract/lab.js'
import { useNow } from '../app/clock.js'
import { Icon, type IconName } from '../ui/icons.js'

/** Milliseconds since the boot began: the server's figure, carried on by the clock while it boots. */
function useElapsed(progress: BootProgress): number {
  const now = useNow(100)
  return progress.state === 'booting' ? Math.max(progress.elapsedMs, now - progress.startedAt) : progress.elapsedMs
}

export function Elapsed({ progress }: { progress: BootProgress }) {
  const elapsed = useElapsed(progress)
  return (
    <span className="mono t4 tn" style={{ fontWeight: 500 }} role="timer" aria-label="Since the boot began">
      {(elapsed / 1000).toFixed(1)} s
    </span>
  )
}

/** The scale of the chart: room for this boot and the last one, in whole steps. */
export function scaleOf(progress: BootProgress, elapsed: number): { endMs: number; stepMs: number } {
  const last = Math.max(0, ...progress.phases.map((phase) => phase.lastBootMs?.[1] ?? 0))
  const most = Math.max(6_000, last * 1.05, (progress.usualMs ?? 0) * 1.05, elapsed * 1.04)
  const stepMs = [1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000].find((step) => most / step <= 8) ?? 120_000
  return { endMs: Math.ceil(most / stepMs) * stepMs, stepMs }
}

const icons: Record<BootPhaseView['state'], IconName> = {
  waiting: 'idle',
  running: 'waiting',
  done: 'pass',
  failed: 'fail',
}

/** The phases as bars on one clock; the last boot as thin lines under them. */
export function Phases({ progress }: { progress: BootProgress }) {
  const elapsed = useElapsed(progress)
  const { endMs, stepMs } = scaleOf(progress, elapsed)
  const part = (ms: number): string => `${Math.min(100, (ms / endMs) * 100)}%`
  const lines = Array.from({ length: Math.floor(endMs / stepMs) + 1 }, (_, index) => index * stepMs)
  const lastTotal = Math.max(0, ...progress.phases.map((phase) => phase.lastBootMs?.[1] ?? 0))
  return (
    <>
      <div className="phases">
        <div className="phases-grid" aria-hidden="true">
          {lines.map((ms) => (
            <i key={ms} style={{ left: part(ms) }}>
              {ms % (stepMs * 2) === 0 && <span className="mono t1">{ms / 1000} s</span>}
            </i>
          ))}
          {progress.state === 'booting' && <i className="phases-now" style={{ left: part(elapsed) }} />}
        </div>
        <ol>
          {progress.phases.map((phase) => {
            const end = phase.endedMs ?? elapsed
            const took = phase.startedMs === undefined ? null : end - phase.startedMs
            return (
              <li key={phase.phase} data-state={phase.state}>
                <Icon name={icons[phase.state]} className={phase.state === 'running' ? 'shape-waiting' : ''} />
                <span className="cut">{phase.title}</span>
                <span className="phase-bar" aria-hidden="true">
                  {phase.startedMs !== undefined && (
                    <i
                      className={phase.state === 'failed' ? 'hatch' : ''}
                      style={{ left: part(phase.startedMs), width: `max(2px, ${part(took ?? 0)})` }}
                    />
                  )}
                  {phase.lastBootMs && (
                    <b
                      style={{
                        left: part(phase.lastBootMs[0]),
                        width: `max(2px, ${part(phase.lastBootMs[1] - phase.lastBootMs[0])})`,
                      }}
                    />
                  )}
                </span>
                <span className="mono tn phase-time">
                  {took !== null && `${(took / 1000).toFixed(1)} s`}
                  <span className="sr-only">, {phase.state}</span>
                </span>
              </li>
            )
          })}
        </ol>
      </div>
      <p className="phases-legend t1 ink3">
        <span>
          <i className="legend-this" /> this boot
        </span>
        {lastTotal > 0 && (
          <span>
            <i className="legend-last" /> your last boot, {(lastTotal / 1000).toFixed(1)} s
          </span>
        )}
      </p>
    </>
  )
}
