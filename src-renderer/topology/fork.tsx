import { fitted, widthOf } from '../timeline/words.js'
import type { Box } from './layout.js'
import type { ForkBranch, ForkView } from './scene-fork.js'

/** Where the timelines parted: the trunk both share, the branch that goes on, and the one that was left. */
export function Fork({ fork, box }: { fork: ForkView; box: Box }) {
  const { x, width } = box
  const drawn = box.height >= 58 && width >= 220
  if (!drawn) {
    const words =
      fork.branches.length > 0
        ? fork.branches.findLast(({ newest }) => newest)!.words
        : fork.trunk.replace('timeline ', '')
    return (
      <g data-explain={fork.explain} data-fork>
        <text x={x} y={box.y + box.height - 2} className="f3">
          timeline <tspan className="b c-leader">{fitted(words, width - widthOf('timeline '))}</tspan>
        </text>
      </g>
    )
  }
  const axis = Math.floor(box.y + box.height - 22) + 0.5
  const labels = Math.max(...fork.branches.map(({ words }) => widthOf(words)), 0)
  const split = Math.round(x + Math.min(160, Math.max(60, width - labels - 56)))
  const [straight] = fork.branches
  return (
    <g data-explain={fork.explain} data-fork>
      <rect x={x} y={axis - 24} width={width} height="44" className="hit" fill="none" />
      <text x={x} y={axis - 22} className="f3">
        timelines
      </text>
      <line
        x1={x}
        y1={axis}
        x2={fork.branches.length > 0 ? split : x + Math.min(160, width)}
        y2={axis}
        className={fork.branches.length > 0 ? 'l3' : 'l-leader'}
        strokeWidth="2"
      />
      <text x={x} y={axis + 18} className={fork.branches.length > 0 ? 'f2' : 'b c-leader'}>
        {widthOf(fork.trunk) <= (fork.branches.length > 0 ? split - x + 16 : width) ? fork.trunk : ''}
      </text>
      {fork.branches.length === 1 && straight ? (
        <>
          <line x1={split} y1={axis} x2={split + 40} y2={axis} className="l-leader" strokeWidth="2" />
          <Tip branch={straight} x={split + 48} y={axis + 4} room={x + width - split - 48} />
        </>
      ) : (
        fork.branches.map((branch, index) => {
          const side = branch.newest ? 1 : -1 - (fork.branches.length > 2 ? fork.branches.length - 2 - index : 0) * 1.2
          const by = 12 * side
          return (
            <g key={branch.words}>
              <path
                d={`M${split} ${axis}q12 0 16 ${by}h24`}
                className={`nf ${branch.newest ? 'l-leader' : 'l3'}`}
                strokeWidth="2"
                strokeDasharray={branch.open ? '3 3' : undefined}
              />
              <Tip branch={branch} x={split + 48} y={axis + by + 4} room={x + width - split - 48} />
            </g>
          )
        })
      )}
      {fork.branches.length > 0 && <circle cx={split} cy={axis} r="3" className="f1" />}
    </g>
  )
}

const Tip = ({ branch, x, y, room }: { branch: ForkBranch; x: number; y: number; room: number }) => (
  <text x={x} y={y} className={branch.newest ? 'b c-leader' : 'f2'}>
    {fitted(branch.words, room)}
  </text>
)
