/** Heights of the lanes, so that everything is there in every panel: NOTES' geometry, then tighter ones. */
export interface Lane {
  y: number
  height: number
}

export interface Lanes {
  hosts: Lane[]
  lease: Lane
  etcd: Lane
  client: Lane
  marks: Lane
  markRows: number
  /** Pitch of the rows of mark labels. */
  markPitch: number
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
  const sizes = [tall, drawn, tight, tiny].find((each) => stack(hosts, each).height <= height) ?? tiny
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
  const marks = { y, height: sizes.markRows * sizes.markPitch + 4 }
  const axisY = y + marks.height
  const { markRows, markPitch } = sizes
  return { hosts: hostLanes, lease, etcd, client, marks, markRows, markPitch, axisY, height: axisY + axisHeight }
}
