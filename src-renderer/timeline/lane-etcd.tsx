import { onScreen, type Frame } from './frame.js'
import type { Lane } from './lanes.js'
import type { EtcdSample } from './tracks.js'
import { widthOf } from './words.js'

/** One line per member: solid while it answers and votes, dots while it does not. Words where the count changes. */
export function EtcdLane({ frame, lane }: { frame: Frame; lane: Lane }) {
  const { tracks, now, members } = frame
  const { y, height } = lane
  const pitch = Math.min(5, height / Math.max(members.length, 1))
  const thick = pitch >= 5 ? 3 : 2
  const top = y + (height - (pitch * (members.length - 1) + thick)) / 2
  const spans = tracks.etcd.map((sample, index) => ({ sample, to: Math.min(tracks.etcd[index + 1]?.t ?? now, now) }))
  return (
    <g data-lane="etcd">
      {spans.map(({ sample, to }) => {
        const shown = onScreen(frame, sample.t, to)
        if (!shown) return null
        return members.map((member, index) => {
          const lineY = Math.round(top + index * pitch)
          const answers = sample.members[member]
          if (answers === undefined) return null
          return answers ? (
            <rect
              key={`${sample.t}-${member}`}
              x={shown.x}
              y={lineY}
              width={shown.end - shown.x}
              height={thick}
              className="c-etcd"
            />
          ) : (
            <line
              key={`${sample.t}-${member}`}
              x1={shown.x + 2}
              y1={lineY + thick / 2}
              x2={shown.end}
              y2={lineY + thick / 2}
              className="l-etcd"
              strokeDasharray="1 5"
              opacity=".7"
            />
          )
        })
      })}
      {labelled(spans).map(({ sample, to }) => (
        <QuorumWords key={sample.t} sample={sample} to={to} frame={frame} lane={lane} />
      ))}
    </g>
  )
}

type Span = { sample: EtcdSample; to: number }

/** Spans with the same count are one for the reader. */
function labelled(spans: readonly Span[]): Span[] {
  const joined: Span[] = []
  for (const span of spans) {
    const last = joined.at(-1)
    if (last && wordsOf(last.sample) === wordsOf(span.sample)) last.to = span.to
    else joined.push({ ...span })
  }
  return joined
}

function wordsOf({ members, quorum }: EtcdSample): string {
  const votes = Object.values(members)
  const count = `${votes.filter(Boolean).length} of ${votes.length}`
  return quorum ? `quorum ${count}` : `no quorum, ${count}`
}

function QuorumWords({ sample, to, frame, lane }: Span & { frame: Frame; lane: Lane }) {
  const shown = onScreen(frame, sample.t, to)
  if (!shown) return null
  const words = wordsOf(sample)
  const width = widthOf(words) + 12
  const { y, height } = lane
  if (shown.end - shown.x < width + 16) return null
  const top = y + Math.floor((height - 15) / 2)
  return (
    <>
      <rect x={shown.x + 8} y={top} width={width} height="15" className="k-panel" rx="2" />
      <text x={shown.x + 14} y={top + 11} className={`b ${sample.quorum ? 'c-etcd' : 'c-fault'}`}>
        {words}
      </text>
    </>
  )
}
