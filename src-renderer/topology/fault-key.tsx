import { fitted, widthOf } from '../timeline/words.js'
import type { Box } from './places.js'
import type { Violation } from '../timeline/violations.js'
import type { FaultView } from './scene-faults.js'

const pitch = 16

/** The faults that work now, as the key to the marks on links: what, how far, since when, by whom. */
export function FaultKey(props: { faults: readonly FaultView[]; violations: readonly Violation[]; box: Box }) {
  const { faults, violations, box } = props
  const { x, y, width, height } = box
  const broken = violations.slice(0, 1)
  const first = y + broken.length * pitch
  const rows = Math.max(0, Math.floor((height - 4) / pitch) - broken.length)
  const shown = faults.length > rows ? faults.slice(0, Math.max(0, rows - 1)) : faults
  const more = faults.length - shown.length
  return (
    <>
      <rect
        x={x}
        y={y}
        width={width}
        height={Math.min(height, (faults.length + broken.length) * pitch + 4)}
        className="hit"
        fill="none"
      />
      {broken.map(({ id, words }) => (
        <g key={id} data-violation={id}>
          <path d={`M${x + 1.5} ${y + 3}l9 9m0 -9l-9 9`} className="nf l-fault" strokeWidth="2" />
          <text x={x + 18} y={y + 12} className="b c-fault">
            {fitted(words, width - 18)}
          </text>
        </g>
      ))}
      {shown.map((fault, index) => {
        const line = first + 12 + index * pitch
        const room = width - 18
        const rest = [`${fault.reach}${fault.reach && ', '}${fault.since}`, fault.reach || fault.since].find(
          (each) => widthOf(`${fault.words}  ${each}`) <= room,
        )
        return (
          <g key={fault.id} data-fault={fault.id}>
            <rect x={x + 0.5} y={line - 9.5} width="10" height="10" rx="2" fill="url(#hatch)" className="l-fault" />
            <text x={x + 18} y={line} className="f2">
              <tspan className="b c-fault">{fitted(fault.words, room)}</tspan>
              {rest && <tspan dx="13.2">{rest}</tspan>}
            </text>
          </g>
        )
      })}
      {more > 0 && rows > 0 && (
        <text x={x + 18} y={first + 12 + shown.length * pitch} className="f3">
          {shown.length > 0 ? `and ${more} more` : `${more} faults active`}
        </text>
      )}
    </>
  )
}
