import type { BackupsView } from '../../src-main/contract/backup.js'
import { utcClock, utcMoment } from '../ui/utc.js'
import { layOut } from './window-layout.js'

const width = 848
const height = 76
const band = { top: 22, height: 28 }
const names: Record<string, string> = { full: 'full', diff: 'diff', incr: 'incr' }

/** What can be reached, on an axis of time: the window as a band, the backups on it, the axis under it. */
export function WindowPicture({ view, target }: { view: BackupsView; target: number | null }) {
  const layout = layOut(view, target)
  const { window } = view
  const words = window
    ? `Reachable: ${utcMoment(window.from)} to ${window.open ? 'now' : utcMoment(window.to)} UTC`
    : 'Nothing can be reached yet'
  if (!layout) return <p className="ink2 backups-none">No backup yet, so nothing can be reached.</p>
  const x = (share: number): number => Math.round(share * width)
  return (
    <figure className="window-picture">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={words} preserveAspectRatio="none">
        <line className="axis" x1={0} x2={width} y1={band.top + band.height + 0.5} y2={band.top + band.height + 0.5} />
        {layout.window && (
          <rect
            className="reach"
            data-open={window?.open}
            x={x(layout.window.from)}
            width={Math.max(2, x(layout.window.to) - x(layout.window.from))}
            y={band.top}
            height={band.height}
          />
        )}
        {layout.backups.map((backup) => (
          <g key={backup.label} className="backup-mark" data-type={backup.type}>
            <title>{`${backup.type} ${backup.label}`}</title>
            <rect
              x={x(backup.from)}
              width={Math.max(3, x(backup.to) - x(backup.from))}
              y={backup.type === 'full' ? band.top - 6 : band.top + 6}
              height={backup.type === 'full' ? band.height + 6 : band.height - 6}
            />
          </g>
        ))}
        {layout.ticks.map((tick) => (
          <line key={tick.at} className="axis" x1={x(tick.x) + 0.5} x2={x(tick.x) + 0.5} y1={50} y2={55} />
        ))}
        {layout.target !== null && (
          <g className="target" data-inside={within(target, window)}>
            <line x1={x(layout.target)} x2={x(layout.target)} y1={12} y2={band.top + band.height} />
            <path d={`M${x(layout.target) - 5} 8h10l-5 7z`} />
          </g>
        )}
      </svg>
      {/* letters are not stretched with the picture */}
      <div className="window-labels" aria-hidden="true">
        {apart(layout.backups.map((one) => ({ key: one.label, x: one.from, text: names[one.type] ?? one.type }))).map(
          ({ key, x: at, text }) => (
            <span key={key} className="window-type" style={{ left: `${at * 100}%` }}>
              {text}
            </span>
          ),
        )}
        {apart(layout.ticks.map((tick) => ({ key: String(tick.at), x: tick.x, text: utcClock(tick.at) }))).map(
          ({ key, x: at, text }) => (
            <span key={key} className="window-tick" style={{ left: `${at * 100}%` }}>
              {text}
            </span>
          ),
        )}
      </div>
      <figcaption>
        <span>{words}</span>
        {window && (
          <span className="ink2 mono tn">
            {window.fromLsn} to {window.toLsn}, timeline {window.timelines.toReversed().join(' > ')}
          </span>
        )}
      </figcaption>
    </figure>
  )
}

const within = (target: number | null, window: BackupsView['window']): boolean =>
  target !== null && window !== null && target > window.from && target <= window.to

/** Labels that do not run into the one before, and not out of the picture. */
function apart<T extends { x: number }>(labels: T[]): T[] {
  const shown: T[] = []
  for (const label of labels) {
    const before = shown.at(-1)
    if (label.x <= 0.95 && (!before || label.x - before.x > 0.06)) shown.push(label)
  }
  return shown
}
