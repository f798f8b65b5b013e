import { bandLabel, bandSpans, labelWidth, type BandSpan } from './bands.js'
import { onScreen, type Frame } from './frame.js'
import type { Lane } from './lanes.js'
import { widthOf } from './words.js'

const bandTones: Record<BandSpan['role'], { fill: string; edge: string; ink: string }> = {
  leader: { fill: 'var(--leader-f)', edge: 'var(--leader-s)', ink: 'var(--leader-t)' },
  sync: { fill: 'var(--sync-f)', edge: 'var(--sync)', ink: 'var(--sync-t)' },
  replica: { fill: 'var(--repl-f)', edge: 'var(--repl)', ink: 'var(--repl-t)' },
  starting: { fill: 'var(--raise)', edge: 'var(--ink2)', ink: 'var(--ink)' },
  none: { fill: 'var(--raise)', edge: 'var(--line3)', ink: 'var(--ink2)' },
  down: { fill: 'url(#hatch-wide)', edge: 'var(--fault)', ink: 'var(--fault)' },
  frozen: { fill: 'url(#hatch-wide)', edge: 'var(--fault)', ink: 'var(--fault)' },
  unknown: { fill: 'none', edge: 'var(--line3)', ink: 'var(--ink2)' },
}

/** Role bands: who was what, one lane per host. */
export function HostLanes({ frame }: { frame: Frame }) {
  return frame.hosts.map((host, index) => {
    const { tracks, now } = frame
    const spans = bandSpans(host, tracks.roles.get(host) ?? [], tracks.events, now)
    return (
      <g key={host} data-lane={host}>
        {spans.map((span) => (
          <Band key={span.from} span={span} lane={frame.lanes.hosts[index]!} frame={frame} />
        ))}
      </g>
    )
  })
}

function Band({ span, lane, frame }: { span: BandSpan; lane: Lane; frame: Frame }) {
  const shown = onScreen(frame, span.from, span.to)
  if (!shown) return null
  const { x, end } = shown
  const width = end - x
  const tone = bandTones[span.role]
  const gone = span.role === 'down' || span.role === 'frozen'
  // words of the first part end where the standby lost its upstream
  const cut = span.detached.map((part) => onScreen(frame, part.from, part.to)).find((part) => part !== null)
  const room = (cut && cut.x > x ? cut.x : end) - x
  const label = bandLabel(span, room, frame.zero)
  const baseline = lane.y + Math.round(lane.height / 2) + 5
  const indent = label ? Math.min(gone ? 13 : 8, (room - labelWidth(label)) / 2) : 0
  const unknown = span.role === 'unknown'
  return (
    <g data-role={span.role}>
      <rect
        x={x}
        y={lane.y + (unknown ? 0.5 : 0)}
        width={width}
        height={lane.height - (unknown ? 1 : 0)}
        fill={tone.fill}
        stroke={unknown ? tone.edge : undefined}
        strokeDasharray={unknown ? '2 4' : undefined}
      />
      {!unknown && <rect x={x} y={lane.y} width={width} height="2" fill={tone.edge} />}
      {span.detached.map((part) => (
        <Detached key={part.from} part={part} lane={lane} frame={frame} ink={tone.ink} baseline={baseline} />
      ))}
      {label && !(cut && cut.x <= x) && (
        <text x={x + indent} y={baseline} className={gone ? 'ko' : undefined} style={{ fill: tone.ink }}>
          <tspan className="b">{label.word}</tspan>
          {label.rest && (
            <tspan dx="6.6" style={gone ? { fill: 'var(--ink2)' } : undefined}>
              {label.rest}
            </tspan>
          )}
        </text>
      )}
      {!label && !(cut && cut.x <= x) && width >= 12 && (
        <RoleShape role={span.role} x={x + width / 2} y={lane.y + lane.height / 2 + 1} />
      )}
    </g>
  )
}

function Detached(props: {
  part: BandSpan['detached'][number]
  lane: Lane
  frame: Frame
  ink: string
  baseline: number
}) {
  const { part, lane, frame, ink, baseline } = props
  const shown = onScreen(frame, part.from, part.to)
  if (!shown) return null
  const width = shown.end - shown.x
  const words = [part.words, 'no upstream'].find((each) => widthOf(each) + 21 <= width)
  return (
    <>
      <rect x={shown.x} y={lane.y + 2} width={width} height={lane.height - 2} fill="var(--panel)" opacity=".55" />
      {words && (
        <text x={shown.x + 13} y={baseline} style={{ fill: ink }}>
          {words}
        </text>
      )}
    </>
  )
}

/** The role's shape where no word fits. */
function RoleShape({ role, x, y }: { role: BandSpan['role']; x: number; y: number }) {
  if (role === 'leader') return <path d={`M${x - 4} ${y + 3.5}h8l-4 -7z`} className="k-leader" />
  if (role === 'sync') return <rect x={x - 3} y={y - 3} width="6" height="6" className="c-sync" />
  if (role === 'replica') return <rect x={x - 2.5} y={y - 2.5} width="5" height="5" className="nf l-repl" />
  if (role === 'down') return <path d={`M${x - 3} ${y - 3}l6 6m0 -6l-6 6`} className="nf l-fault" strokeWidth="1.5" />
  if (role === 'frozen') return <path d={`M${x - 2} ${y - 3}v6m4 0v-6`} className="nf l-fault" strokeWidth="1.5" />
  return null
}
