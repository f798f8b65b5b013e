/** Heights of the lanes, so that everything is there in every panel: NOTES' geometry, then tighter ones. */
export interface Lane {
  y: number
  height: number
}

export interface Lanes {
  hosts: Lane[]
  /** Null in the view of charts, which needs the room. */
  lease: Lane | null
  etcd: Lane | null
  /** The client's writes, or the first of the charts, which shows the same. */
  client: Lane
  /** Charts from the first one on; empty in the view of states. */
  charts: Lane[]
  marks: Lane
  markRows: number
  /** Pitch of the rows of mark labels. */
  markPitch: number
  /** Where the last lane above the marks ends. */
  bottom: number
  axisY: number
  height: number
}

interface Sizes {
  top: number
  host: number
  hostPitch: number
  lease: number
  etcd: number
  client: number
  gap: number
  markRows: number
  markPitch: number
}

const axisHeight = 20
const drawn: Sizes = {
  top: 4,
  host: 24,
  hostPitch: 28,
  lease: 36,
  etcd: 20,
  client: 40,
  gap: 2,
  markRows: 2,
  markPitch: 16,
}
const tight: Sizes = {
  top: 3,
  host: 20,
  hostPitch: 22,
  lease: 28,
  etcd: 16,
  client: 34,
  gap: 2,
  markRows: 1,
  markPitch: 16,
}
const tiny: Sizes = {
  top: 2,
  host: 16,
  hostPitch: 18,
  lease: 20,
  etcd: 12,
  client: 26,
  gap: 1,
  markRows: 1,
  markPitch: 16,
}
/** Five hosts and more in a small window: the axis stays in sight. */
const least: Sizes = { ...tiny, host: 14, hostPitch: 15 }
const tall: Sizes = {
  top: 8,
  host: 36,
  hostPitch: 42,
  lease: 84,
  etcd: 28,
  client: 96,
  gap: 6,
  markRows: 4,
  markPitch: 18,
}

/** @param height what the panel has to give, in pixels; below `lanesOf(hosts, 0).height` the panel scrolls */
export function lanesOf(hosts: number, height: number): Lanes {
  const sizes = [tall, drawn, tight, tiny].find((each) => stack(hosts, each).height <= height) ?? least
  const spare = Math.max(0, height - stack(hosts, sizes).height)
  // room that is left goes to the two lanes that draw heights, then under the marks
  const lease = Math.round(Math.min(spare * 0.4, tall.lease - sizes.lease))
  const client = Math.round(Math.min(spare - lease, tall.client - sizes.client))
  const lanes = stack(hosts, { ...sizes, lease: sizes.lease + lease, client: sizes.client + client })
  const rest = Math.max(0, height - lanes.height)
  const marks = { ...lanes.marks, height: lanes.marks.height + rest }
  return { ...lanes, marks, axisY: lanes.axisY + rest, height: lanes.height + rest }
}

function stack(hosts: number, sizes: Sizes): Lanes {
  const { top, host, hostPitch, gap } = sizes
  const hostLanes = Array.from({ length: hosts }, (_, index) => ({ y: top + index * hostPitch, height: host }))
  let y = top + hosts * hostPitch
  const next = (height: number): Lane => {
    const lane = { y, height }
    y += height + gap
    return lane
  }
  const lease = next(sizes.lease)
  const etcd = next(sizes.etcd)
  y += gap
  const client = next(sizes.client)
  const bottom = client.y + client.height
  const marks = { y, height: sizes.markRows * sizes.markPitch + 4 }
  const axisY = y + marks.height
  const { markRows, markPitch } = sizes
  const lanes = { hosts: hostLanes, lease, etcd, client, charts: [], marks, markRows, markPitch, bottom, axisY }
  return { ...lanes, height: axisY + axisHeight }
}

const leastChart = 22
const mostChart = 96

/** The view of charts: thin bands of roles for orientation, then as many charts as are wanted, alike in height. */
export function chartLanesOf(hosts: number, count: number, height: number): Lanes {
  const sizes = height >= 300 ? { host: 20, pitch: 23, rows: 2 } : { host: 16, pitch: 18, rows: 1 }
  const gap = 3
  const top = 2
  const begin = top + hosts * sizes.pitch + 1
  const marksHeight = sizes.rows * 16 + 4
  const room = height - axisHeight - marksHeight - begin
  const each = Math.min(mostChart, Math.max(leastChart, Math.floor(room / count) - gap))
  const charts = Array.from({ length: count }, (_, index) => ({ y: begin + index * (each + gap), height: each }))
  const bottom = begin + count * (each + gap) - gap
  const least = bottom + gap + marksHeight
  const axisY = Math.max(least, height - axisHeight)
  return {
    hosts: Array.from({ length: hosts }, (_, index) => ({ y: top + index * sizes.pitch, height: sizes.host })),
    lease: null,
    etcd: null,
    client: charts[0]!,
    charts,
    marks: { y: bottom + gap, height: axisY - bottom - gap },
    markRows: sizes.rows,
    markPitch: 16,
    bottom,
    axisY,
    height: axisY + axisHeight,
  }
}
