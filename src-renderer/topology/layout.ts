import { kindOf, type Box, type BoxSizes, type HostKind, type Spec, type TopologyLayout } from './places.js'
import { roomForFaults, roomForFork, roomForQuorum } from './rooms.js'
import { frameHead, framesOf, hasSites } from './sites.js'

/** [least, drawn, most] pixels. */
type Range = readonly [number, number, number]
const widths: Record<HostKind | 'client', Range> = {
  client: [84, 128, 152],
  route: [124, 160, 190],
  data: [176, 288, 340],
  vote: [126, 200, 230],
  backup: [126, 200, 230],
  other: [126, 200, 230],
}
const gaps: Record<'client' | 'toData' | 'bus' | 'plain', Range> = {
  client: [22, 64, 104],
  toData: [26, 56, 96],
  bus: [56, 112, 168],
  plain: [22, 56, 96],
}
const side: Range = [8, 24, 40]

interface Column {
  at: number
  kind: HostKind | 'client'
  hosts: { name: string; row: number; kind: HostKind }[]
}

const rank: HostKind[] = ['data', 'route', 'backup', 'vote', 'other']

/** The author's grid as columns, the client's first. */
function columnsOf(spec: Spec): Column[] {
  const hosts = Object.entries(spec.hosts).map(([name, { at, services }]) => ({
    name,
    at: at[0],
    row: at[1],
    kind: kindOf(services),
  }))
  const places = [...new Set(hosts.map(({ at }) => at))].sort((a, b) => a - b)
  const columns = places.map((at): Column => {
    const here = hosts.filter((host) => host.at === at).sort((a, b) => a.row - b.row)
    return { at, kind: rank.find((kind) => here.some((host) => host.kind === kind)) ?? 'other', hosts: here }
  })
  return [{ at: -1, kind: 'client', hosts: [] }, ...columns]
}

/**
 * Places for everything in the author's grid, in a panel of this size. It depends on the topology and the size alone:
 * nothing that happens in the cluster moves a box.
 */
export function layoutTopology(spec: Spec, size: { width: number; height: number }): TopologyLayout {
  const columns = columnsOf(spec)
  const gapAfter = columns.map((column, index) => gapKind(column, columns[index + 1]))
  const total = (which: 0 | 1 | 2): number =>
    2 * side[which] +
    columns.reduce(
      (sum, { kind }, index) => sum + widths[kind][which] + (gapAfter[index] ? gaps[gapAfter[index]][which] : 0),
      0,
    )
  const least = total(0)
  const width = Math.max(size.width, least)
  const pick = between(width, least, total(1), total(2))
  const rowCount = Math.max(0, ...Object.values(spec.hosts).map(({ at }) => at[1]))
  const tallest = Math.max(1, ...columns.map(({ hosts }) => hosts.filter(({ kind }) => kind === 'data').length))
  // the names of sites stand above their hosts
  const head = hasSites(spec) ? frameHead : 0
  const { sizes, height: under, pad } = sizesFor(tallest, size.height - head)

  let x = Math.round((width - columnsWidth(columns, gapAfter, pick)) / 2)
  const hosts: Record<string, Box> = {}
  let client: Box = { x: 0, y: 0, width: 0, height: 0 }
  let busX: number | null = null
  let busRoom = 0
  columns.forEach((column, index) => {
    const columnWidth = Math.round(pick(widths[column.kind]))
    if (column.kind === 'client') {
      const boxHeight = clientHeight(sizes)
      const row = spec.hosts[spec.client.readWrite.host]?.at[1] ?? rowCount / 2
      client = { x, y: head + placeY(row, rowCount, boxHeight, under, pad), width: columnWidth, height: boxHeight }
    } else
      Object.assign(
        hosts,
        placeColumn(column, x, columnWidth, { sizes, height: under, pad, rowCount, backends: tallest }),
      )
    x += columnWidth
    const gap = gapAfter[index]
    if (gap === 'bus' && busX === null) {
      busRoom = Math.round(pick(gaps.bus))
      busX = x + Math.round(busRoom / 2)
    }
    if (gap) x += Math.round(pick(gaps[gap]))
  })
  for (const box of Object.values(hosts)) box.y += head
  const places = { width, height: under + head, sizes, client, hosts, busX, busRoom }
  const quorum = roomForQuorum(places, spec)
  const rooms = { quorum, fork: roomForFork(places, spec), faults: roomForFaults(places, spec, quorum) }
  return { ...places, ...rooms, frames: framesOf(places, spec) }
}

function gapKind(column: Column, next: Column | undefined): keyof typeof gaps | null {
  if (!next) return column.kind === 'data' ? 'bus' : null
  if (column.kind === 'client') return 'client'
  if (column.kind === 'data') return next.kind === 'data' ? 'plain' : 'bus'
  return next.kind === 'data' ? 'toData' : 'plain'
}

/** From least to drawn to most, as the width grows. */
function between(width: number, least: number, drawn: number, most: number): (range: Range) => number {
  if (width <= drawn) {
    const share = (width - least) / Math.max(1, drawn - least)
    return ([a, b]) => a + (b - a) * share
  }
  const share = Math.min(1, (width - drawn) / Math.max(1, most - drawn))
  return ([, b, c]) => b + (c - b) * share
}

function columnsWidth(
  columns: Column[],
  gapAfter: (keyof typeof gaps | null)[],
  pick: (range: Range) => number,
): number {
  return columns.reduce(
    (sum, { kind }, index) =>
      sum + Math.round(pick(widths[kind])) + (gapAfter[index] ? Math.round(pick(gaps[gapAfter[index]])) : 0),
    0,
  )
}

const drawn: Omit<BoxSizes, 'facts'> = { density: 'full', header: 32, pitch: 18, bottom: 18 }
const mid: Omit<BoxSizes, 'facts'> = { density: 'mid', header: 26, pitch: 16, bottom: 12 }
const small: Omit<BoxSizes, 'facts'> = { density: 'small', header: 24, pitch: 15, bottom: 9 }
const mostFacts = 6
/** Between two data hosts, for the words of the replication between them: two lines, or one. */
const linkRoom = { full: 44, mid: 26 }
const widest = { link: 132 }

export const boxHeight = (sizes: Omit<BoxSizes, 'facts'>, facts: number): number =>
  sizes.header + facts * sizes.pitch + sizes.bottom

/** The richest box that fits the tallest column. Very tall panels keep air around the picture, not inside it. */
function sizesFor(rows: number, panelHeight: number): { sizes: BoxSizes; height: number; pad: number } {
  const pad = panelHeight < 230 ? 5 : 7
  const least = rows * boxHeight(small, 1) + (rows - 1) * 18 + 2 * pad
  const height = Math.max(panelHeight, least)
  const each = (link: number): number => (height - 2 * pad - link * (rows - 1)) / rows
  const factsIn = (sizes: typeof drawn, link: number): number =>
    Math.min(mostFacts, Math.floor((each(link) - sizes.header - sizes.bottom) / sizes.pitch))
  const withFull = factsIn(drawn, linkRoom.full)
  if (withFull >= 3) {
    const facts = withFull
    const used = rows * boxHeight(drawn, facts) + (rows - 1) * widest.link
    const spare = Math.max(0, height - 2 * pad - used)
    return { sizes: { ...drawn, density: facts > 3 ? 'rich' : 'full', facts }, height, pad: pad + spare / 2 }
  }
  const withMid = factsIn(mid, linkRoom.mid)
  if (withMid >= 2) return { sizes: { ...mid, facts: withMid }, height, pad }
  return { sizes: { ...small, facts: Math.max(1, factsIn(small, 18)) }, height, pad }
}

function clientHeight(sizes: BoxSizes): number {
  return sizes.density === 'small'
    ? boxHeight(small, 1)
    : sizes.header + 2 * sizes.pitch + (sizes.density === 'mid' ? 8 : 12)
}

const placeY = (row: number, rowCount: number, box: number, height: number, pad: number): number =>
  Math.round(pad + (rowCount === 0 ? 0.5 : row / rowCount) * (height - 2 * pad - box))

interface Room {
  sizes: BoxSizes
  height: number
  pad: number
  rowCount: number
  backends: number
}

/** Boxes of one column at their rows; pushed apart where the panel is too low for them. */
function placeColumn(column: Column, x: number, width: number, room: Room): Record<string, Box> {
  const { sizes, height, pad, rowCount, backends } = room
  const wanted = column.hosts.map(({ kind }) => heightOf(kind, sizes, backends))
  const gap = sizes.density === 'small' || sizes.density === 'mid' ? 8 : 14
  const usable = height - 2 * pad
  const over = wanted.reduce((sum, each) => sum + each, 0) + gap * (wanted.length - 1) - usable
  const heights =
    over > 0 ? wanted.map((each) => Math.max(sizes.header + sizes.pitch + 6, each - over / wanted.length)) : wanted
  const boxes = column.hosts.map(({ row }, index): Box => {
    const boxHeight = Math.round(heights[index]!)
    return { x, y: placeY(row, rowCount, boxHeight, height, pad), width, height: boxHeight }
  })
  for (let index = boxes.length - 2; index >= 0; index--) {
    const [box, below] = [boxes[index]!, boxes[index + 1]!]
    box.y = Math.min(box.y, below.y - gap - box.height)
  }
  for (let index = 0; index < boxes.length; index++) {
    const above = boxes[index - 1]
    boxes[index]!.y = Math.max(boxes[index]!.y, above ? above.y + above.height + gap : Math.round(pad))
  }
  return Object.fromEntries(column.hosts.map(({ name }, index) => [name, boxes[index]!]))
}

function heightOf(kind: HostKind, sizes: BoxSizes, backends: number): number {
  const { header, pitch, density } = sizes
  if (kind === 'data') return boxHeight(sizes, sizes.facts)
  if (kind === 'route') return header + (backends + 1) * pitch + (density === 'mid' || density === 'small' ? 10 : 26)
  const facts = density === 'small' ? 1 : density === 'rich' ? 3 : 2
  return header + facts * pitch + (density === 'mid' || density === 'small' ? 7 : 8)
}
