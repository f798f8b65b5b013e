import type { Box, TopologyLayout } from './layout.js'
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
  if (link.kind === 'client') return fan.count === 1 ? straight(from, to) : elbow(from, to, layout, fan)
  if (link.kind === 'route') return elbow(from, to, layout, fan)
  if (link.kind === 'archive') return archive(from, to, layout)
  return sameColumn(from, to) ? upright(from, to, layout) : sideways(from, to, layout)
}

const sameColumn = (a: Box, b: Box): boolean => Math.abs(a.x - b.x) < 4

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
  const right = to.x > from.x
  const x = right ? from.x + from.width : from.x
  const end = right ? to.x : to.x + to.width
  const y = half(from.y + from.height - 18)
  const entry = half(Math.min(portY(to, layout) + 24, to.y + to.height - 10))
  const turn = half((x + end) / 2)
  return {
    path: `M${x} ${y}H${turn}V${entry}H${end}`,
    flow: '',
    end: { x: end, y: entry, pointing: right ? 'right' : 'left' },
    cut: { x: (turn + end) / 2, y: entry, sense: right ? 'right' : 'left' },
    words: null,
  }
}

function archive(from: Box, to: Box, layout: TopologyLayout): Route {
  const x = from.x + from.width
  const end = to.x
  // under the port of etcd, also in a low box
  const low = half(from.y + from.height - (from.height < 90 ? 9 : 21))
  const entry = half(Math.min(Math.max(low, to.y + 12), to.y + to.height - 12))
  const bus = layout.busX ?? (x + end) / 2
  const turn = half(bus + (end - bus) / 2)
  const start = low
  const path = start === entry ? `M${x} ${start}H${end}` : `M${x} ${start}H${turn}V${entry}H${end}`
  const level = start === entry
  // beside a bend the bus leaves room for a short word only
  const words: Route['words'] = level
    ? { x: (x + end) / 2, y: entry + 15, room: end - x, lines: 1, anchor: 'middle' }
    : { x: turn - 5, y: entry + 4, room: turn - bus - 8, lines: 1, anchor: 'end' }
  return {
    path,
    flow: '',
    end: { x: end, y: entry, pointing: 'right' },
    cut: { x: level ? (x + end) / 2 : (turn + end) / 2, y: entry, sense: 'right' },
    words,
  }
}
