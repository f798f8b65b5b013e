import { kindOf, type Box, type Spec, type TopologyLayout } from './places.js'

/** What stands beside the boxes: how many vote, how timelines parted, what is broken. */
export type Placed = Pick<TopologyLayout, 'width' | 'height' | 'sizes' | 'client' | 'hosts' | 'busX' | 'busRoom'>

/** Above the boxes right of the bus; else above the client, where the left half is empty. */
export function roomForQuorum(placed: Placed, spec: Spec): Box | null {
  const { hosts, client, busX, busRoom, width } = placed
  if (!Object.values(spec.hosts).some(({ services }) => services.includes('etcd'))) return null
  // another site's hosts have another etcd
  const own = Object.entries(hosts).filter(([name]) => spec.hosts[name]!.site === undefined)
  const right = busX === null ? [] : own.map(([, box]) => box).filter((box) => box.x > busX)
  const column = right.length > 0 ? right.filter((box) => box.x === Math.min(...right.map(({ x }) => x))) : []
  const top = Math.min(...column.map(({ y }) => y))
  if (column.length > 0 && top >= 26) return { x: column[0]!.x, y: 4, width: column[0]!.width, height: top - 8 }
  if (column.length === 0 && busX !== null) {
    const x = busX + Math.round(busRoom / 2)
    if (width - x >= 120) return { x, y: 4, width: width - x - 4, height: mostHeight }
  }
  const room = { x: client.x, y: 4, width: Math.max(client.width + 40, 150), height: 0 }
  const under = [client, ...Object.values(hosts)].filter((box) => box.x < room.x + room.width)
  const height = Math.min(...under.map(({ y }) => y)) - 8
  return height >= 18 ? { ...room, height } : roomBeside(right, placed.height)
}

/** As much as is said of a quorum. */
const mostHeight = 66

/** Above, between or under the boxes on the right: the largest room, of equal ones the one that is farthest right. */
function roomBeside(boxes: readonly Box[], height: number): Box | null {
  const columns = [...new Set(boxes.map(({ x }) => x))].map((x) =>
    boxes.filter((box) => box.x === x).toSorted((a, b) => a.y - b.y),
  )
  const rooms = columns.flatMap((column) =>
    [...column, null].map((box, index): Box => {
      const above = column[index - 1]
      const top = above ? above.y + above.height + 8 : 4
      return { x: column[0]!.x, y: top, width: column[0]!.width, height: (box?.y ?? height + 4) - 8 - top }
    }),
  )
  const largest = rooms.toSorted((a, b) => b.height - a.height || b.x - a.x)[0]
  if (!largest || largest.height < 34) return null
  // links may pass over and under it
  const used = Math.min(largest.height, mostHeight)
  return { ...largest, y: largest.y + Math.round((largest.height - used) / 2), height: used }
}

/** Data hosts' left edge, and the boxes left of it: what is over and under these is free. */
function leftPart({ hosts, client }: Placed, spec: Spec): { edge: number; boxes: Box[] } | null {
  const data = Object.entries(hosts).filter(([name]) => kindOf(spec.hosts[name]!.services) === 'data')
  if (data.length === 0) return null
  const edge = Math.min(...data.map(([, box]) => box.x))
  return { edge, boxes: [client, ...Object.values(hosts).filter((box) => box.x + box.width < edge)] }
}

/** Above the client and the routes, unless the quorum is said there. */
export function roomForFaults(placed: Placed, spec: Spec, quorum: Box | null): Box | null {
  const part = leftPart(placed, spec)
  if (!part) return null
  const { x } = placed.client
  const height = Math.min(...part.boxes.map(({ y }) => y)) - 8
  const room = { x, y: 4, width: part.edge - x - 20, height }
  return height < 18 || (quorum !== null && quorum.x < part.edge) ? null : room
}

/** Under the client and the routes, left of the data hosts. */
export function roomForFork(placed: Placed, spec: Spec): Box | null {
  const part = leftPart(placed, spec)
  if (!part) return null
  const { x } = placed.client
  // routes turn between the last of these boxes and the data hosts
  const gap = part.edge - Math.max(...part.boxes.map((box) => box.x + box.width))
  const bottom = Math.max(...part.boxes.map((box) => box.y + box.height))
  const room = {
    x,
    y: bottom + 8,
    width: part.edge - x - Math.max(20, gap * 0.56 + 10),
    height: placed.height - bottom - 12,
  }
  return room.height >= 14 ? room : null
}
