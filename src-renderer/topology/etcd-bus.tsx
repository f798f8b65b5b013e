import { widthOf } from '../timeline/words.js'
import type { Box, TopologyLayout } from './places.js'
import { portY } from './routes.js'
import type { QuorumView, SiteEtcd } from './scene-etcd.js'
import { CutMark, fillOf, Vote } from './shapes.js'

interface Port {
  name: string
  x: number
  y: number
  votes: boolean | null
}

/** Members on one line: solid where they answer, dotted where they do not. */
export function EtcdBus({ quorum, layout }: { quorum: QuorumView; layout: TopologyLayout }) {
  const { busX } = layout
  if (busX === null) return null
  const x = Math.floor(busX) + 0.5
  const ports = quorum.votes.flatMap(({ name, votes }): Port[] => {
    const box = layout.hosts[name]
    if (!box) return []
    const left = box.x < busX
    return [{ name, votes, x: left ? box.x + box.width : box.x, y: left ? portY(box, layout) : voteY(box) }]
  })
  const asking = quorum.asking.flatMap((name) => layout.hosts[name] ?? [])
  // everybody is drawn to where the members of the other side come in, or to the middle one
  const hub =
    ports.find((port) => port.x > busX)?.y ?? ports.toSorted((a, b) => a.y - b.y)[Math.floor(ports.length / 2)]?.y
  if (hub === undefined) return null
  const top = Math.min(...ports.map(({ y }) => y))
  // its line goes where the word would stand
  const topIsRight = ports.some((port) => port.y === top && port.x > busX)
  const wayOf = (port: Port): string => (port.y === hub ? `M${port.x} ${hub}H${x}` : `M${port.x} ${port.y}H${x}V${hub}`)
  return (
    <>
      <Asking boxes={asking} x={x} hub={hub} />
      {ports
        .filter(({ votes }) => !votes)
        .map((port) => (
          <path
            key={port.name}
            d={wayOf(port)}
            className="nf l-etcd"
            strokeDasharray="2 4"
            opacity={port.votes === null ? 0.5 : 0.8}
          />
        ))}
      {ports
        .filter(({ votes }) => votes)
        .map((port) => (
          <path
            key={port.name}
            d={wayOf(port)}
            className="nf l-etcd"
            strokeWidth="1.5"
            strokeDasharray={quorum.holds === false ? '2 4' : undefined}
          />
        ))}
      {ports.map((port) => (
        <Vote key={port.name} x={port.x} y={port.y} votes={port.votes} />
      ))}
      {ports.map((port) => {
        const cut = quorum.cuts.get(port.name)
        if (!cut) return null
        const left = port.x < busX
        return (
          <CutMark
            key={port.name}
            x={Math.round((port.x + (left ? 5 : -5) + x) / 2)}
            y={port.y}
            sense={left ? 'right' : 'left'}
            way={cut.way}
          />
        )
      })}
      {layout.busRoom >= 80 && (!topIsRight || top >= 20) && (
        <text x={x + 8} y={topIsRight ? top - 6 : top} className="f3">
          etcd
        </text>
      )}
    </>
  )
}

/** Thin, from the heads of boxes: Patroni there asks etcd, and has no member beside it. */
const Asking = ({ boxes, x, hub }: { boxes: readonly Box[]; x: number; hub: number }) =>
  boxes.map((box) => (
    <path
      key={box.y}
      d={`M${box.x < x ? box.x + box.width : box.x} ${Math.floor(box.y + 12) + 0.5}H${x}V${hub}`}
      className="nf l-etcd"
      opacity="0.45"
    />
  ))

/** The etcd of another site, without a count: members are drawn, and who asks them. */
export function SiteBus({ etcd, layout }: { etcd: SiteEtcd; layout: TopologyLayout }) {
  const boxes = (names: readonly string[]): Box[] => names.flatMap((name) => layout.hosts[name] ?? [])
  const [members, asking] = [boxes(etcd.members), boxes(etcd.asking)]
  const left = Math.max(...asking.map((box) => box.x + box.width))
  const right = Math.min(...members.map((box) => box.x))
  if (!(left < right)) return null
  const x = Math.floor((left + right) / 2) + 0.5
  const hub = voteY(members[0]!)
  return (
    <>
      <Asking boxes={asking} x={x} hub={hub} />
      {members.map((box) => (
        <path key={box.y} d={`M${box.x} ${voteY(box)}H${x}V${hub}`} className="nf l-etcd" opacity="0.45" />
      ))}
    </>
  )
}

const voteY = (box: Box): number => Math.floor(box.y + box.height / 2) + 0.5

/** Filled dots vote, dotted rings are lost; how many, and what the next loss would mean. */
export function Quorum({ quorum, box }: { quorum: QuorumView; box: Box }) {
  const { count, votes, words, tone } = quorum
  const ink = quorum.holds === false ? 'c-fault' : quorum.holds === null ? 'c-unk' : 'c-etcd'
  const dots = (x: number, y: number, pitch: number, r: number) =>
    votes.map((vote, index) => <Vote key={vote.name} x={x + index * pitch} y={y} votes={vote.votes} r={r} />)
  const { x, y } = box
  const said = widthOf(words) <= box.width + 6 ? words : quorum.short
  // where the picture ends soon, the dots stand closer
  const tight = widthOf(count, 20) + 20 + (votes.length - 1) * 16 + 6 > box.width
  if (box.height >= 58) {
    const top = Math.round(y + Math.max(0, Math.min(20, (box.height - 66) / 2)))
    return (
      <g data-quorum={count}>
        <rect x={x} y={top} width={box.width} height="66" className="hit" fill="none" />
        <text x={x} y={top + 15} className="f3">
          etcd quorum
        </text>
        <text x={x} y={top + 37} className={`s20 b ${ink}`}>
          {count}
        </text>
        {tight
          ? dots(x + widthOf(count, 20) + 12, top + 30, 11, 4)
          : dots(x + widthOf(count, 20) + 20, top + 30, 16, 5)}
        <text x={x} y={top + 57} className={fillOf[tone]}>
          {said}
        </text>
      </g>
    )
  }
  const second = box.height >= 34
  const base = Math.round(y + (second ? 14 : Math.max(14, box.height / 2 + 4)))
  return (
    <g data-quorum={count}>
      <rect x={x} y={y} width={box.width} height={box.height} className="hit" fill="none" />
      <text x={x} y={base} className="f3">
        etcd
        <tspan className={`s13 b ${ink}`} dx="6.6">
          {count}
        </tspan>
      </text>
      {dots(x + widthOf('etcd ') + widthOf(count, 13) + 14, base - 4.5, 13, 4)}
      {second && (
        <text x={x} y={base + 16} className={fillOf[tone]}>
          {said}
        </text>
      )}
    </g>
  )
}
