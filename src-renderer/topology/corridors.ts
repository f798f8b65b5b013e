import type { Box, TopologyLayout } from './places.js'

/** A way past the boxes between two columns: down or up beside the first, along, and down or up beside the last. */
export interface Corridor {
  path: string
  /** The same way, away from both boxes. */
  flow: string
  end: { x: number; y: number; pointing: 'right' | 'left' }
  /** Its part between the columns: where it runs, and how much air is above and under it. */
  along: { from: number; to: number; y: number; above: number; under: number }
}

/** Air between a line and a box that it passes. */
const air = 6

const half = (value: number): number => Math.floor(value) + 0.5

/** From the side of one box, at `start`, to the side of another, at `entry`. */
export function corridor(
  from: Box,
  to: Box,
  layout: TopologyLayout,
  { start, entry, insets }: { start: number; entry: number; insets: readonly [number, number] },
): Corridor {
  const right = to.x > from.x
  const [x, end] = right ? [from.x + from.width, to.x] : [from.x, to.x + to.width]
  const between = obstacles(layout, Math.min(x, end), Math.max(x, end))
  const [first, last] = right
    ? [Math.min(end, ...between.map((box) => box.x)), Math.max(x, ...between.map((box) => box.x + box.width))]
    : [Math.max(end, ...between.map((box) => box.x + box.width)), Math.min(x, ...between.map((box) => box.x))]
  // past the bus of etcd, where it is on the way
  const bus = layout.busX !== null && layout.busX > x && layout.busX < first ? layout.busX : x
  const out = half((bus + first) / 2)
  const back = between.length === 0 ? out : half((last + end) / 2)
  const { y, above, under } = freeHeight(between, layout.height, between.length === 0 ? [entry] : [start, entry])
  const sign = right ? 1 : -1
  const way = `H${out}V${y}H${back}V${entry}`
  return {
    path: `M${x} ${start}${way}H${end}`,
    flow: `M${x + sign * insets[0]} ${start}${way}H${end - sign * insets[1]}`,
    end: { x: end, y: entry, pointing: right ? 'right' : 'left' },
    along: { from: out, to: between.length === 0 ? end : back, y, above, under },
  }
}

function obstacles(layout: TopologyLayout, left: number, right: number): Box[] {
  const all = [...Object.values(layout.hosts), layout.client, ...(layout.quorum ? [layout.quorum] : [])]
  return all.filter((box) => box.x >= left && box.x + box.width <= right)
}

/** The first of these heights at which nothing is in the way, or the one nearest to the first. */
function freeHeight(
  between: readonly Box[],
  height: number,
  wanted: readonly number[],
): { y: number; above: number; under: number } {
  const edges = [0]
  for (const box of between.toSorted((a, b) => a.y - b.y)) {
    if (box.y > edges.at(-1)!) edges.push(box.y, box.y + box.height)
    else edges.push(Math.max(edges.pop()!, box.y + box.height))
  }
  edges.push(height)
  const gaps = edges.flatMap((top, index) => (index % 2 === 0 ? [{ top, bottom: edges[index + 1] ?? height }] : []))
  const near = (height: number) =>
    gaps
      .filter(({ top, bottom }) => bottom - top >= air)
      .map(({ top, bottom }) => {
        const inset = Math.min(air, (bottom - top) / 2)
        const y = half(Math.min(Math.max(height, top + inset), bottom - inset))
        return { y, off: Math.abs(y - half(height)), above: y - top, under: bottom - y }
      })
      .toSorted((a, b) => a.off - b.off)[0] ?? { y: half(height), off: 0, above: 0, under: 0 }
  const found = wanted.map(near)
  return found.find(({ off }) => off === 0) ?? found[0]!
}
