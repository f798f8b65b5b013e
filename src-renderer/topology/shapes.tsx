import type { HostRole } from '../../src-main/contract/cluster.js'
import type { Tone } from './scene-base.js'
import type { LinkCut } from './scene-cuts.js'

/** Colours by meaning, as classes of the picture's style sheet. */
export const fillOf: Record<Tone, string> = {
  ink: 'f1',
  ink2: 'f2',
  ink3: 'f3',
  leader: 'c-leader',
  sync: 'c-sync',
  repl: 'c-repl',
  etcd: 'c-etcd',
  fault: 'c-fault',
  unk: 'c-unk',
}
export const strokeOf: Record<Tone, string> = {
  ink: 'l-ink',
  ink2: 'li',
  ink3: 'l3',
  leader: 'l-leader',
  sync: 'l-sync',
  repl: 'l-repl',
  etcd: 'l-etcd',
  fault: 'l-fault',
  unk: 'l-unk',
}

/** The role's shape, 11 px wide, its lower edge on the text's baseline. */
export function RoleShape({ role, x, y }: { role: HostRole; x: number; y: number }) {
  if (role === 'leader') return <path d={`M${x} ${y}h11l-5.5 -10z`} className="k-leader" />
  if (role === 'sync') return <rect x={x + 1} y={y - 9} width="9" height="9" className="c-sync" />
  if (role === 'replica')
    return <rect x={x + 1.5} y={y - 8.5} width="8" height="8" className="nf l-repl" strokeWidth="1.5" />
  if (role === 'down') return <path d={`M${x} ${y - 9}l9 9m0 -9l-9 9`} className="nf l-fault" strokeWidth="2" />
  if (role === 'frozen') return <path d={`M${x + 2} ${y - 9}v9m6 0v-9`} className="nf l-fault" strokeWidth="2" />
  if (role === 'starting') {
    return (
      <>
        <circle cx={x + 5} cy={y - 4.5} r="4.5" className="nf l2" strokeWidth="1.5" />
        <path d={`M${x + 5} ${y - 9}a4.5 4.5 0 0 1 4.5 4.5`} className="nf l-ink" strokeWidth="1.75" />
      </>
    )
  }
  if (role === 'unknown') {
    return (
      <path
        d={`M${x + 2} ${y - 6.5}c0 -1.6 1.1 -2.5 2.6 -2.5s2.6 .9 2.6 2.3c0 1.9 -2.6 1.9 -2.6 3.7M${x + 4.6} ${y - 1.2}v1.2`}
        className="nf l-unk"
        strokeWidth="1.6"
      />
    )
  }
  return <rect x={x + 1.5} y={y - 8.5} width="8" height="8" className="nf l3" strokeDasharray="2 2" />
}

/** A vote: filled where it counts, a dotted ring where it is lost, a plain ring where nobody knows. */
export function Vote({ x, y, votes, r = 5 }: { x: number; y: number; votes: boolean | null; r?: number }) {
  return (
    <circle
      cx={x}
      cy={y}
      r={r}
      className={votes ? 'c-etcd l-etcd' : 'k-panel l-etcd'}
      strokeWidth="1.5"
      strokeDasharray={votes === false ? '2 2' : undefined}
      opacity={votes === null ? 0.6 : 1}
    />
  )
}

export type Sense = 'right' | 'left' | 'down' | 'up'

const turns: Record<Sense, number> = { right: 0, down: 90, left: 180, up: 270 }

/**
 * The one mark for a link that nothing can pass: two bars across it. Where a fault keeps packets back, an arrowhead runs
 * into the bars from every side whose packets are lost; `sense` is the way that the link's own arrow points.
 */
export function CutMark(props: { x: number; y: number; sense: Sense; way?: LinkCut['way'] | undefined }) {
  const { x, y, sense, way } = props
  const there = way === 'there' || way === 'both'
  const back = way === 'back' || way === 'both'
  return (
    <g transform={`translate(${x} ${y}) rotate(${turns[sense]})`} data-cut={way ?? 'gone'}>
      <rect x={there ? -14 : -3} y="-3" width={(there ? 11 : 0) + (back ? 11 : 0) + 6} height="6" className="k-panel" />
      <path d="M-3 -5.5v11M3 -5.5v11" className="nf l-fault" strokeWidth="2" />
      {there && <path d="M-13 -4l7 4l-7 4z" className="c-fault" />}
      {back && <path d="M13 -4l-7 4l7 4z" className="c-fault" />}
    </g>
  )
}
