import type { Frame } from './frame.js'
import type { Mark, MarkShape, MarkTone } from './marks.js'
import { placeMarks, type PlacedMark } from './place-marks.js'
import { crisp, xOf } from './scale.js'
import { widthOf } from './words.js'

const inks: Record<MarkTone, { text: string; line: string }> = {
  fault: { text: 'c-fault', line: 'l-fault' },
  etcd: { text: 'c-etcd', line: 'l-etcd' },
  leader: { text: 'c-leader', line: 'l-leader' },
  pass: { text: 'c-pass', line: 'l-pass' },
  sync: { text: 'c-sync', line: 'l-sync' },
  ink: { text: 'c-ink', line: 'l-ink' },
}

/** What happened, with the words beside it, and the lines that tie an effect to its cause through all lanes. */
export function MarksLane({ frame, marks }: { frame: Frame; marks: readonly Mark[] }) {
  const { scale, lanes } = frame
  const shown = marks
    .filter(({ t }) => t >= scale.from && t <= scale.to)
    .map((mark) => ({ mark, x: xOf(scale, mark.t) }))
  const placed = placeMarks(shown, { left: scale.left + 4, right: scale.left + scale.width - 4, rows: lanes.markRows })
  return (
    <g data-lane="marks">
      {placed.map((each) => (
        <MarkDrawing key={`${each.mark.event.kind}-${each.mark.t}`} placed={each} frame={frame} />
      ))}
    </g>
  )
}

function MarkDrawing({ placed, frame }: { placed: PlacedMark; frame: Frame }) {
  const { mark, row, label } = placed
  const { lanes } = frame
  const x = crisp(placed.x)
  const middle = lanes.marks.y + 8 + row * lanes.markPitch
  const ink = inks[mark.tone]
  const top = mark.line === 'all' ? 0 : mark.line === 'client' ? lanes.client.y : middle
  return (
    <g data-mark={mark.event.kind}>
      {mark.line !== 'none' && (
        <line
          x1={x}
          y1={top}
          x2={x}
          y2={row === 0 ? middle : middle - 5}
          className={ink.line}
          opacity={mark.cause ? 1 : 0.8}
        />
      )}
      <Shape shape={mark.shape} x={x} y={middle} ink={ink} />
      {label && (
        <text
          x={label.side === 'right' ? x + 10 : x - 10}
          y={middle + 4}
          className={label.side === 'left' ? 'end' : undefined}
        >
          <tspan className={`b ${ink.text}`}>{label.words}</tspan>
          {label.when && (
            <tspan dx={widthOf(' ')} className="f2">
              {label.when}
            </tspan>
          )}
        </text>
      )}
    </g>
  )
}

function Shape({ shape, x, y, ink }: { shape: MarkShape; x: number; y: number; ink: { text: string; line: string } }) {
  if (shape === 'cross')
    return <path d={`M${x - 4} ${y - 4}l8 8m0 -8l-8 8`} className={`nf ${ink.line}`} strokeWidth="2" />
  if (shape === 'diamond')
    return <path d={`M${x} ${y - 5}l5 5l-5 5l-5 -5z`} className={`k-panel ${ink.line}`} strokeWidth="1.5" />
  if (shape === 'triangle') return <path d={`M${x} ${y - 5}l5 9h-10z`} className={ink.text} />
  if (shape === 'check')
    return <path d={`M${x - 5} ${y}l3.5 3.5l6.5 -7`} className={`nf ${ink.line}`} strokeWidth="2" />
  if (shape === 'square') return <rect x={x - 3.5} y={y - 3.5} width="7" height="7" className={ink.text} />
  if (shape === 'dot') return <circle cx={x} cy={y} r="4" className={ink.text} />
  return <rect x={x - 1} y={y - 5} width="2" height="10" className={ink.text} />
}
