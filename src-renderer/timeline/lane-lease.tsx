import { onScreen, type Frame } from './frame.js'
import type { Lane } from './lanes.js'
import { runsOf, teethBetween, type Tooth } from './lease-teeth.js'
import { crisp, xOf } from './scale.js'
import { widthOf } from './words.js'

/** Seconds left of the leader key: a saw while it is renewed, a dashed slope while nobody does. It explains the outage. */
export function LeaseLane({ frame, lane }: { frame: Frame; lane: Lane }) {
  const { tracks, scale, now, renewEveryS } = frame
  const { y, height } = lane
  const until = Math.min(now, scale.to)
  const teeth = teethBetween(tracks.lease, scale.from, until, renewEveryS)
  const floor = y + height - 4
  const perMs = Math.min(0.0014 * ((height - 8) / 28), (height - 8) / ((teeth.at(-1)?.ttlS ?? 20) * 1000))
  const at = (t: number, leftMs: number): string => `${xOf(scale, t).toFixed(1)} ${(floor - leftMs * perMs).toFixed(1)}`
  const dense = renewEveryS * scale.pps < 4
  const solid = teeth.filter((tooth) => !tooth.dying)
  const dying = teeth.filter((tooth) => tooth.dying)
  const groups = solidGroups(solid)
  return (
    <g data-lane="lease" clipPath="url(#tl-plot)">
      {groups.map((group) => {
        const line = dense ? smoothed(group, at, renewEveryS) : sawOf(group, at)
        const [first, last] = [group[0]!, group.at(-1)!]
        return (
          <g key={first.from}>
            <path d={`M${at(first.from, 0)}L${line}L${at(last.to, 0)}Z`} fill="var(--leader-f)" opacity=".5" />
            <path
              d={`M${first.taken ? `${at(first.from, 0)}L` : ''}${line}`}
              className="nf l-leader"
              strokeWidth="1.25"
            />
          </g>
        )
      })}
      {dying.map((tooth) => (
        <g key={tooth.from}>
          <path
            d={`M${at(tooth.from, 0)}L${at(tooth.from, tooth.fromLeftMs)}L${at(tooth.to, tooth.toLeftMs)}L${at(tooth.to, 0)}Z`}
            fill="var(--leader-f)"
            opacity=".28"
          />
          <path
            d={`M${at(tooth.from, tooth.fromLeftMs)}L${at(tooth.to, tooth.toLeftMs)}`}
            className="nf l-leader"
            strokeWidth="1.25"
            strokeDasharray="4 3"
          />
        </g>
      ))}
      <FreeKey teeth={teeth} frame={frame} floor={floor} />
      <LeaseWords teeth={teeth} frame={frame} lane={lane} floor={floor} />
      <line
        x1={scale.left}
        y1={crisp(floor)}
        x2={Math.min(scale.left + scale.width, xOf(scale, now))}
        y2={crisp(floor)}
        className="l1"
      />
    </g>
  )
}

/** Teeth that touch are drawn with one line. */
function solidGroups(teeth: readonly Tooth[]): Tooth[][] {
  const groups: Tooth[][] = []
  for (const tooth of teeth) {
    const last = groups.at(-1)?.at(-1)
    if (last && !tooth.taken && last.holder === tooth.holder && tooth.from - last.to < 100) groups.at(-1)!.push(tooth)
    else groups.push([tooth])
  }
  return groups
}

const sawOf = (teeth: readonly Tooth[], at: (t: number, left: number) => string): string =>
  teeth.flatMap((tooth) => [at(tooth.from, tooth.fromLeftMs), at(tooth.to, tooth.toLeftMs)]).join('L')

/** Teeth too narrow to see would be a smear: their middle height instead. */
function smoothed(teeth: readonly Tooth[], at: (t: number, left: number) => string, renewEveryS: number): string {
  const [first, last] = [teeth[0]!, teeth.at(-1)!]
  const left = first.ttlS * 1000 - renewEveryS * 500
  return `${at(first.from, left)}L${at(last.to, left)}`
}

/** From the end of a lease until somebody takes the key: nothing is held, along the floor. */
function FreeKey({ teeth, frame, floor }: { teeth: readonly Tooth[]; frame: Frame; floor: number }) {
  return teeth.map((tooth, index) => {
    if (tooth.end !== 'gone') return null
    const until = teeth[index + 1]?.from ?? frame.now
    const shown = onScreen(frame, tooth.to, until)
    if (!shown) return null
    return (
      <path
        key={tooth.to}
        d={`M${shown.x} ${floor - 0.5}H${shown.end}`}
        className="nf l-leader"
        strokeWidth="1.25"
        strokeDasharray="4 3"
      />
    )
  })
}

function LeaseWords(props: { teeth: readonly Tooth[]; frame: Frame; lane: Lane; floor: number }) {
  const { teeth, frame, lane, floor } = props
  const { renewEveryS, scale } = frame
  const top = lane.y + 12
  const every = `, renewed every ${renewEveryS} s`
  return (
    <>
      {runsOf(teeth).map((run) => {
        const shown = onScreen(frame, run.from, run.to)
        if (!shown) return null
        const room = shown.end - shown.x - 16
        const words = [`held by ${run.holder}${every}`, `held by ${run.holder}`, run.holder].find(
          (each) => widthOf(each) <= room,
        )
        if (!words || lane.height < 24) return null
        return (
          <text key={run.from} x={shown.x + 8} y={floor - 6} style={{ fill: 'var(--leader-t)' }}>
            {words}
          </text>
        )
      })}
      {teeth.map((tooth) => {
        const shown = tooth.dying ? onScreen(frame, tooth.from, tooth.to) : null
        const words = 'nobody renews it'
        // where the slope has fallen far enough to leave room above it
        const x = shown && Math.max(shown.x + 8, xOf(scale, tooth.from + tooth.ttlS * 500))
        if (!shown || x === null || x + widthOf(words) > shown.end - 8) return null
        return (
          <text key={tooth.from} x={x} y={top} className="f2">
            {words}
          </text>
        )
      })}
    </>
  )
}
