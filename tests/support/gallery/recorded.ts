import type { ClusterState } from '../../../src-main/contract/cluster.js'
import type { FaultCut, FaultRecord } from '../../../src-main/contract/fault.js'
import type { LabRecord } from '../../../src-main/contract/record.js'
import { stateAt } from '../../../src-renderer/timeline/moment-state.js'
import { outagesOf } from '../../../src-renderer/timeline/outages.js'
import { tracksOf } from '../../../src-renderer/timeline/tracks.js'
import { at, labInfo, pairWitness, zero, type HostChoice } from '../recorded-failover.js'
import { partitionRecords, violation } from '../recorded-partition.js'

export interface Recorded {
  s: number
  records: LabRecord[]
  cluster: ClusterState
  hosts: Record<string, HostChoice>
}

/** The state at a second, as the records tell it: everything on screen belongs together. */
function recorded(s: number, records: LabRecord[], hosts: Record<string, HostChoice> = pairWitness): Recorded {
  const info = labInfo(hosts)
  const tracks = tracksOf(records)
  const known = { tracks, hosts: Object.keys(hosts), outages: outagesOf(tracks, null), renewEveryS: 2 }
  return { s, records, hosts, cluster: stateAt(info, known, at(s)) }
}

const fault = (id: string, kind: string, target: string, s: number, cuts?: FaultCut[]): FaultRecord => ({
  id,
  kind,
  target,
  options: {},
  state: 'active',
  appliedAt: at(s),
  by: 'learner',
  ...(cuts && { cuts }),
})

/** 12 s after the leader was cut off from everybody. */
export const partitioned = (): Recorded => recorded(312, partitionRecords(312))

/** The new leader leads, the old one wrote past the fork, and both accepted writes for a moment. */
export const diverged = (): Recorded => {
  const made = recorded(
    334,
    [...partitionRecords(334), violation(320.9)].toSorted((a, b) => a.t - b.t),
  )
  made.cluster.dcs.value!.history[0]!.at = new Date(at(319.9)).toISOString()
  return made
}

/** Everything is whole again. */
export const rejoined = (): Recorded => recorded(372, partitionRecords(372))

/** Only etcd is cut, in one direction, and a second fault fills a disk. */
export const etcdOnly = (): Recorded => {
  const made = recorded(290, partitionRecords(290))
  made.cluster.faults = [
    fault('f7', 'partition', 'pg2', 262, [
      { from: 'pg2', to: 'pg1', services: ['etcd'] },
      { from: 'pg2', to: 'witness', services: ['etcd'] },
    ]),
    fault('f8', 'partition', 'backup', 271, [
      { from: 'pg1', to: 'backup', services: ['pgbackrest'] },
      { from: 'backup', to: 'pg1', services: ['pgbackrest'] },
    ]),
    { ...fault('f9', 'disk-full', 'pg2', 280), schedule: { dueAt: at(280), forMs: 43_000, n: 1, of: 1 } },
    ...[2, 3].map((n): FaultRecord => ({
      ...fault(`f1${n}`, 'freeze', 'leader', 290 + n * 30),
      state: 'scheduled',
      schedule: { dueAt: at(290 + n * 30), forMs: 10_000, n, of: 3, role: 'leader' },
    })),
  ]
  return made
}

const data: HostChoice['services'] = ['etcd', 'patroni', 'pgbackrest']
const threeHosts: Record<string, HostChoice> = {
  pg1: { services: data, at: [2, 0] },
  pg2: { services: data, at: [2, 1] },
  pg3: { services: data, at: [2, 2] },
  backup: { services: ['pgbackrest'], at: [3, 2] },
  proxy: { services: ['haproxy'], at: [1, 1] },
}

/** Three promotions, and two hosts that did not come along. */
export const tree = (): Recorded => {
  const made = recorded(334, partitionRecords(334), threeHosts)
  const [pg1, pg2, pg3] = made.cluster.hosts
  pg2!.timeline = pg2!.postgres!.value!.timeline = 4
  pg1!.timeline = pg1!.postgres!.value!.timeline = 3
  Object.assign(pg3!, { role: 'down', timeline: 2, note: 'crashed; was replica on timeline 2' })
  made.cluster.dcs.value!.history = [
    { timeline: 1, lsn: 0x2a01c60, reason: '', at: new Date(zero + 64_000).toISOString() },
    { timeline: 2, lsn: 0x43002d8, reason: '', at: new Date(zero + 171_000).toISOString() },
    { timeline: 3, lsn: 0x50c0000, reason: '', at: new Date(zero + 319_900).toISOString() },
  ]
  return made
}
