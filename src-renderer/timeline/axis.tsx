import type { Frame } from './frame.js'
import { crisp, gridOf, xOf, type Grid } from './scale.js'
import { momentText, widthOf } from './words.js'

/** A young lab does not fill the window: before its first record there was no time to count. */
const beginOf = ({ zero, tracks, now }: Frame): number => Math.min(zero, tracks.first ?? now) - 1

export function GridLines({ frame }: { frame: Frame }) {
  const { scale, lanes, zero } = frame
  const major = gridOf(scale, zero).major.filter((t) => t >= beginOf(frame))
  // the first chart lies in the client's lane
  const rules = [...lanes.hosts, lanes.lease, lanes.etcd, lanes.client, ...lanes.charts.slice(1)]
    .filter((lane) => lane !== null)
    .map((lane) => crisp(lane.y + lane.height + 2))
  return (
    <g aria-hidden="true">
      {major.map((t) => (
        <line key={t} x1={crisp(xOf(scale, t))} y1="0" x2={crisp(xOf(scale, t))} y2={lanes.axisY} className="l1" />
      ))}
      {rules.map((y) => (
        <line key={y} x1="0" y1={y} x2={scale.left + scale.width} y2={y} className="l1" />
      ))}
    </g>
  )
}

/** The clock along the bottom. Labels give way to the flag of the playhead at `flagX`. */
export function Axis({ frame, flagX }: { frame: Frame; flagX: number | null }) {
  const { scale, lanes, zero } = frame
  const grid: Grid = gridOf(scale, zero)
  const known = (t: number): boolean => t >= beginOf(frame)
  const decimals = grid.step < 1 ? 1 : 0
  const y = lanes.axisY
  const labelled = new Set(grid.major)
  return (
    <g aria-hidden="true">
      <line x1="0" y1={y + 0.5} x2={scale.left + scale.width} y2={y + 0.5} className="l2" />
      {grid.minor
        .filter((t) => !labelled.has(t) && known(t))
        .map((t) => (
          <line key={t} x1={crisp(xOf(scale, t))} y1={y} x2={crisp(xOf(scale, t))} y2={y + 3} className="l2" />
        ))}
      {grid.major.filter(known).map((t) => {
        const x = crisp(xOf(scale, t))
        const words = momentText(t - zero, decimals)
        const hidden = flagX !== null && x + 4 < flagX + 34 && x + 4 + widthOf(words) > flagX - 34
        return (
          <g key={t}>
            <line x1={x} y1={y} x2={x} y2={y + 6} className="l3" />
            {!hidden && x + widthOf(words) + 8 < scale.left + scale.width && (
              <text x={x + 4} y={y + 15} className="f2">
                {words}
              </text>
            )}
          </g>
        )
      })}
    </g>
  )
}

/** The moment that is looked at: a line through the lanes that stops above the mark labels, and a flag in the axis. */
export function Playhead({ frame, t }: { frame: Frame; t: number }) {
  const { scale, lanes, zero } = frame
  const at = xOf(scale, t)
  if (at < scale.left - 0.5 || at > scale.left + scale.width + 0.5) return null
  const x = crisp(at)
  const text = momentText(t - zero)
  const width = widthOf(text) + 10
  const flag = Math.min(Math.max(x - width / 2, scale.left - width / 2), scale.left + scale.width - width)
  const { axisY } = lanes
  return (
    <g data-playhead={Math.round(t)}>
      <line x1={x} y1="0" x2={x} y2={lanes.bottom} className="l-ink" />
      <line x1={x} y1={axisY - 4} x2={x} y2={axisY + 2} className="l-ink" />
      <rect x={flag} y={axisY + 2} width={width} height="16" fill="var(--go)" rx="2" />
      <text x={flag + width / 2} y={axisY + 14} className="b mid" style={{ fill: 'var(--go-ink)' }}>
        {text}
      </text>
    </g>
  )
}

/** What has not happened yet. */
export function Future({ frame }: { frame: Frame }) {
  const { scale, lanes, now } = frame
  const x = Math.max(scale.left, xOf(scale, now) + 1)
  const width = scale.left + scale.width - x
  if (width <= 0) return null
  return <rect x={x} y="0" width={width} height={lanes.axisY} fill="var(--inset)" opacity=".7" />
}
