import { widthOf } from '../timeline/words.js'
import type { Box } from './places.js'
import { forkLayout } from './fork-layout.js'
import type { ForkView } from './scene-fork.js'

/** Amber is the leader's: a timeline that somebody else began is none of it. */
const tone = ({ newest }: ForkView): string => (newest.stray ? 'c-fault' : 'c-leader')

/** The timelines as a tree: a dot where the next one began, the newest in amber, what was left behind above the line. */
export function Fork({ fork, box }: { fork: ForkView; box: Box }) {
  const { x, y, width, height } = box
  const layout = forkLayout(fork, box)
  if (!layout) return <ForkLine fork={fork} box={box} />
  const { axis, stems, tip, left, begin } = layout
  return (
    <>
      <rect x={x} y={Math.max(y, axis - 24 - left.length * 12)} width={width} height="44" className="hit" fill="none" />
      <text x={x} y={layout.titleY} className="f3">
        timelines
      </text>
      {begin > x && <line x1={x} y1={axis} x2={begin} y2={axis} className="l3" strokeDasharray="1 4" strokeWidth="2" />}
      {stems.map((stem) => (
        <g key={stem.timeline}>
          <line x1={stem.x} y1={axis} x2={stem.end} y2={axis} className="l3" strokeWidth="2" />
          <text x={stem.x} y={Math.min(axis + 18, y + height - 2)} className="f2">
            {stem.words}
          </text>
        </g>
      ))}
      {left.map((branch) => (
        <g key={branch.host} data-left={branch.diverged ? 'astray' : branch.open ? 'open' : 'behind'}>
          <path
            d={`M${branch.x} ${axis}q12 0 16 ${branch.y - axis}H${branch.x + 40}`}
            className={`nf ${branch.diverged ? 'l-fault' : 'l3'}`}
            strokeWidth="2"
            strokeDasharray={branch.open ? '3 3' : undefined}
          />
          {branch.diverged && (
            <path d={`M${branch.x + 37} ${branch.y - 3}l6 6m0 -6l-6 6`} className="nf l-fault" strokeWidth="1.5" />
          )}
          <text
            x={branch.x + (branch.diverged ? 52 : 48)}
            y={branch.y + 4}
            className={branch.diverged ? 'c-fault' : 'f2'}
          >
            {branch.words}
          </text>
        </g>
      ))}
      <path
        d={
          tip.y === axis ? `M${tip.x} ${axis}H${tip.x + 40}` : `M${tip.x} ${axis}q12 0 16 ${tip.y - axis}H${tip.x + 40}`
        }
        className={`nf ${fork.newest.stray ? 'l-fault' : 'l-leader'}`}
        strokeWidth="2"
      />
      <text x={tip.x + 48} y={tip.y + 4} className={`b ${tone(fork)}`}>
        {tip.words}
      </text>
      {stems.map((stem) => (
        <circle key={stem.timeline} cx={stem.end} cy={axis} r="3" className="f1" />
      ))}
    </>
  )
}

/** The newest one in a line, where there is no room to draw; who was left behind, while that fits too. */
function ForkLine({ fork, box }: { fork: ForkView; box: Box }) {
  const { x, width } = box
  const room = width - widthOf('timeline ')
  const { timeline, host, words } = fork.newest
  const newest = [words, `${timeline}, ${host}`].find((each) => widthOf(each) <= room) ?? `${timeline}`
  const left = fork.left.map(({ words }) => words).join('; ')
  const short = fork.left.map((each) => each.short).join('; ')
  const said = [left, short, fork.left.length > 0 ? `${fork.left.length} behind` : ''].find(
    (each) => each !== '' && widthOf(`${newest}  ${each}`) <= room,
  )
  return (
    <text x={x} y={box.y + box.height - 2} className="f3">
      timeline <tspan className={`b ${tone(fork)}`}>{newest}</tspan>
      {said && (
        <tspan dx="13.2" className={fork.left.some(({ diverged }) => diverged) ? 'c-fault' : 'f2'}>
          {said}
        </tspan>
      )}
    </text>
  )
}
