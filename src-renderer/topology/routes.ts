import { corridor, type Corridor } from './corridors.js'
import type { Box, TopologyLayout } from './places.js'
import type { LinkView } from './scene-links.js'

/** How a link runs: a path of straight parts, where it may be cut, and where its words stand. */
export interface Route {
  path: string
  end: { x: number; y: number; pointing: 'right' | 'up' | 'down' | 'left' }
  cut: { x: number; y: number; sense: 'right' | 'left' | 'down' | 'up' }
  /** The same way, away from both boxes: bars of writes run along it. */
  flow: string
  words: { x: number; y: number; room: number; lines: 0 | 1 | 2; anchor: 'start' | 'middle' | 'end' } | null
}

/** Air between a box and the bars of writes; more where an arrow is. */
const inset = 6
const arrowInset = 11

const half = (value: number): number => Math.floor(value) + 0.5
const middleOf = (box: Box): number => box.y + box.height / 2

/** The height at which links reach a host: under its header. */
export const portY = (box: Box, layout: TopologyLayout): number => {
  const { header } = layout.sizes
  return half(box.y + header + Math.min(20, (box.height - header) / 2))
}

/** Links of one kind leave a box side by side, in the order of their targets. */
export interface Fan {
  index: number
  count: number
}

export function routeOf(link: LinkView, layout: TopologyLayout, fan: Fan): Route | null {
  const from = link.from === 'client' ? layout.client : layout.hosts[link.from]
  const to = layout.hosts[link.to]
  if (!from || !to) return null
  if (link.kind === 'client')
    return fan.count === 1 && isNext(from, to, layout) ? straight(from, to) : elbow(from, to, layout, fan)
  if (link.kind === 'entry') return beside(from, to, layout)
  if (link.kind === 'route')
    return sameColumn(from, to) ? { ...upright(from, to, layout), words: null } : elbow(from, to, layout, fan)
  if (link.kind === 'archive') return archive(from, to, layout, fan)
  return sameColumn(from, to) ? upright(from, to, layout) : sideways(from, to, layout)
}

const sameColumn = (a: Box, b: Box): boolean => Math.abs(a.x - b.x) < 4

/** Nothing stands between the columns of two boxes. */
const isNext = (from: Box, to: Box, layout: TopologyLayout): boolean =>
  !Object.values(layout.hosts).some((box) => box.x > from.x + from.width && box.x + box.width < to.x)

function straight(from: Box, to: Box): Route {
  const y = half(Math.min(Math.max(middleOf(from), to.y + 10), to.y + to.height - 10))
  const [x, end] = [from.x + from.width, to.x]
  return {
    path: `M${x} ${y}H${end}`,
    flow: `M${x + inset} ${y}H${end - arrowInset}`,
    end: { x: end, y, pointing: 'right' },
    cut: { x: (x + end) / 2, y, sense: 'right' },
    words: null,
  }
}

function elbow(from: Box, to: Box, layout: TopologyLayout, { index, count }: Fan): Route {
  const spread = Math.min(56, (from.height - 24) / Math.max(1, count - 1))
  const y = half(middleOf(from) + (index - (count - 1) / 2) * spread)
  if (!isNext(from, to, layout)) return past(from, to, layout, y)
  const [x, end] = [from.x + from.width, to.x]
  const turn = half(x + (end - x) * 0.44)
  const entry = portY(to, layout)
  return {
    path: `M${x} ${y}H${turn}V${entry}H${end}`,
    flow: `M${x + inset} ${y}H${turn}V${entry}H${end - arrowInset}`,
    end: { x: end, y: entry, pointing: 'right' },
    cut: { x: turn + (end - turn) / 2, y: entry, sense: 'right' },
    words: null,
  }
}

/** The client's way to a host behind others. */
function past(from: Box, to: Box, layout: TopologyLayout, start: number): Route {
  const { path, flow, end, along } = corridor(from, to, layout, {
    start,
    entry: portY(to, layout),
    insets: [inset, arrowInset],
  })
  const cut = { x: (along.from + along.to) / 2, y: along.y, sense: end.pointing }
  return { path, flow, end, cut, words: null }
}

/** Another way in than the client's own: from its foot or its head, so that the one that is taken stays a line. */
function beside(from: Box, to: Box, layout: TopologyLayout): Route {
  const entry = portY(to, layout)
  const x = half(from.x + from.width / 2)
  const start = entry > from.y + from.height ? from.y + from.height : from.y
  return {
    path: `M${x} ${start}V${entry}H${to.x}`,
    flow: '',
    end: { x: to.x, y: entry, pointing: 'right' },
    cut: { x: (x + to.x) / 2, y: entry, sense: 'right' },
    words: null,
  }
}

function upright(from: Box, to: Box, layout: TopologyLayout): Route {
  const down = to.y > from.y
  const others = Object.values(layout.hosts).filter((box) => sameColumn(box, from) && box !== from && box !== to)
  const [top, bottom] = down ? [from.y + from.height, to.y] : [to.y + to.height, from.y]
  const between = others.filter((box) => box.y > top - 4 && box.y + box.height < bottom + 4)
  // past a host in between, on its right side where no other link runs
  const x = half(from.x + Math.min(128, from.width * 0.42))
  const start = down ? top : bottom
  const end = down ? bottom : top
  if (between.length > 0) return around(from, to, layout)
  const room = (layout.busX ?? from.x + from.width + 60) - 8 - (x + 16)
  const gap = bottom - top
  return {
    path: `M${x} ${start}V${end}`,
    flow: '',
    end: { x, y: end, pointing: down ? 'down' : 'up' },
    cut: { x, y: half((top + bottom) / 2), sense: down ? 'down' : 'up' },
    words: { x: x + 16, y: (top + bottom) / 2, room, lines: gap >= 40 ? 2 : gap >= 14 ? 1 : 0, anchor: 'start' },
  }
}

/** Along the left of the column, to a host that is not the next one. */
function around(from: Box, to: Box, layout: TopologyLayout): Route {
  const x = half(from.x - 9)
  const start = half(from.y + from.height - 14)
  const end = half(Math.min(portY(to, layout) + 14, to.y + to.height - 9))
  return {
    path: `M${from.x} ${start}H${x}V${end}H${to.x}`,
    flow: '',
    end: { x: to.x, y: end, pointing: 'right' },
    cut: { x, y: half((start + end) / 2), sense: end > start ? 'down' : 'up' },
    words: null,
  }
}

/** To a host of another column: a second site, for example. */
function sideways(from: Box, to: Box, layout: TopologyLayout): Route {
  const start = half(from.y + from.height - 18)
  const entry = half(Math.min(portY(to, layout) + 24, to.y + to.height - 10))
  const { path, end, along } = corridor(from, to, layout, { start, entry, insets: [inset, arrowInset] })
  const { y, above, under } = along
  const [left, right] = [Math.min(along.from, along.to), Math.max(along.from, along.to)]
  const lines = above >= 16 && under >= 16 ? 2 : above >= 16 || under >= 20 ? 1 : 0
  return {
    path,
    flow: '',
    end,
    cut: { x: (left + right) / 2, y, sense: end.pointing },
    // two lines stand around it, one over or under it
    words: {
      x: left + 8,
      y: lines === 2 ? y : under >= 20 ? y + 11 : y - 9,
      room: right - left - 16,
      lines,
      anchor: 'start',
    },
  }
}

function archive(from: Box, to: Box, layout: TopologyLayout, { index }: Fan): Route {
  // under the port of etcd, also in a low box
  const start = half(from.y + from.height - (from.height < 90 ? 9 : 21))
  const entry = half(Math.min(Math.max(start, to.y + 12), to.y + to.height - 12))
  const { path, end, along } = corridor(from, to, layout, { start, entry, insets: [inset, arrowInset] })
  return {
    path,
    flow: '',
    end,
    cut: { x: (along.from + along.to) / 2, y: along.y, sense: 'right' },
    words: index === 0 ? archiveWords(from.x + from.width, start, { end, along }, layout) : null,
  }
}

/** Once for all repositories: the links to them begin as one. */
function archiveWords(
  x: number,
  start: number,
  { end, along }: Pick<Corridor, 'end' | 'along'>,
  layout: TopologyLayout,
): Route['words'] {
  const past = along.to !== end.x
  if (past) {
    const { above, under, y } = along
    const at = under >= 20 ? y + 15 : above >= 18 ? y - 5 : null
    return at === null
      ? null
      : { x: (along.from + along.to) / 2, y: at, room: along.to - along.from - 8, lines: 1, anchor: 'middle' }
  }
  if (start === end.y) return { x: (x + end.x) / 2, y: end.y + 15, room: end.x - x, lines: 1, anchor: 'middle' }
  // beside a bend the bus leaves room for a short word only
  const bus = layout.busX ?? x
  return { x: along.from - 5, y: end.y + 4, room: along.from - bus - 8, lines: 1, anchor: 'end' }
}
