import { fitted, widthOf } from '../timeline/words.js'
import type { Box } from './layout.js'
import type { FaultView } from './scene-faults.js'

const pitch = 16

/** The faults that work now, as the key to the marks on links: what, how far, since when, by whom. */
export function FaultKey({ faults, box }: { faults: readonly FaultView[]; box: Box }) {
  const { x, y, width, height } = box
  const rows = Math.max(1, Math.floor((height - 4) / pitch))
  const shown = faults.length > rows ? faults.slice(0, Math.max(0, rows - 1)) : faults
  const more = faults.length - shown.length
  return (
    <>
      <rect
        x={x}
        y={y}
        width={width}
        height={Math.min(height, faults.length * pitch + 4)}
        className="hit"
        fill="none"
      />
      {shown.map((fault, index) => {
        const line = y + 12 + index * pitch
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
      {more > 0 && (
        <text x={x + 18} y={y + 12 + shown.length * pitch} className="f3">
          {shown.length > 0 ? `and ${more} more` : `${more} faults active`}
        </text>
      )}
    </>
  )
}
