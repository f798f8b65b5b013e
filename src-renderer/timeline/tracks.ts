import type { z } from 'zod'
import type { HostRole } from '../../src-main/contract/cluster.js'
import type { etcdRecord, gaugeRecord, LabEvent, LabRecord, leaseRecord } from '../../src-main/contract/record.js'
import { ClientTicks } from './client-ticks.js'
import { insertByTime } from './sorted.js'

export type LeaseSample = z.infer<typeof leaseRecord>
export type EtcdSample = z.infer<typeof etcdRecord>
export type GaugeSample = z.infer<typeof gaugeRecord>

/** A role from `from` until the next band of the host begins. */
export interface RoleBand {
  from: number
  role: HostRole
  timeline: number | null
  note: string
}

/**
 * Everything the timeline draws, in lanes and in the order of time. Live and replay come from the same records; the
 * result depends on them alone, so what was seen once can be seen again.
 */
export interface Tracks {
  roles: Map<string, RoleBand[]>
  lease: LeaseSample[]
  etcd: EtcdSample[]
  client: ClientTicks
  gauges: GaugeSample[]
  events: LabEvent[]
  /** Time of the first record and the newest moment that any record tells of; null while there is none. */
  first: number | null
  last: number | null
}

export const noTracks = (): Tracks => ({
  roles: new Map(),
  lease: [],
  etcd: [],
  client: new ClientTicks(),
  gauges: [],
  events: [],
  first: null,
  last: null,
})

/** Takes one record in. Records may be a little out of order: the engine and a watch tell of the same second. */
export function addRecord(tracks: Tracks, record: LabRecord): void {
  const { t } = record
  let end = t
  if (record.k === 'role') {
    const { host, role, timeline, note } = record
    let bands = tracks.roles.get(host)
    if (!bands) tracks.roles.set(host, (bands = []))
    insertByTime(bands, { from: t, role, timeline, note }, (band) => band.from)
  } else if (record.k === 'lease') insertByTime(tracks.lease, record, (sample) => sample.t)
  else if (record.k === 'etcd') insertByTime(tracks.etcd, record, (sample) => sample.t)
  else if (record.k === 'gauge') insertByTime(tracks.gauges, record, (sample) => sample.t)
  else if (record.k === 'event') insertByTime(tracks.events, record, (event) => event.t)
  else if (record.k === 'ticks') {
    tracks.client.add(t, record.acked, record.failed, record.unknown, record.slowestMs)
    end = tracks.client.end ?? t
  }
  tracks.first = tracks.first === null ? t : Math.min(tracks.first, t)
  tracks.last = tracks.last === null ? end : Math.max(tracks.last, end)
}

/** All records at once, as a replay has them. */
export function tracksOf(records: Iterable<LabRecord>): Tracks {
  const tracks = noTracks()
  for (const record of records) addRecord(tracks, record)
  return tracks
}

/**
 * Follows an array that grows: a snapshot comes as another array, and starts anew. Each call takes in only what came
 * since the last one. The lanes grow in place; the object is another one whenever they did, so that it tells a change.
 */
export function createTracker(): (records: readonly LabRecord[]) => Tracks {
  let source: readonly LabRecord[] | null = null
  let taken = 0
  let tracks = noTracks()
  return (records) => {
    if (records !== source) {
      source = records
      taken = 0
      tracks = noTracks()
    }
    if (taken < records.length) tracks = { ...tracks }
    for (; taken < records.length; taken++) addRecord(tracks, records[taken]!)
    return tracks
  }
}
