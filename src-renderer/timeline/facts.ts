import type { HostRole } from '../../src-main/contract/cluster.js'
import { leaseAt } from './lease-teeth.js'
import { outageAt, secondsOf, type OutageSpan } from './outages.js'
import { lastAt } from './sorted.js'
import type { RoleBand, Tracks } from './tracks.js'
import { agoText, secondsText } from './words.js'

/** What is known about one moment, in figures; the gutter, the pointer and the screen reader say the same. */
export interface MomentFacts {
  t: number
  hosts: { host: string; role: HostRole; timeline: number | null; note: string; since: number }[]
  lease: { holder: string | null; leftMs: number | null; ttlS: number; renewedAt: number | null } | null
  etcd: { voting: number; members: number; quorum: boolean; byName: Record<string, boolean> } | null
  /** Acknowledged writes in the second before; null where the probe did not run. */
  writes: number | null
  outage: OutageSpan | null
}

export interface Known {
  tracks: Tracks
  hosts: readonly string[]
  outages: readonly OutageSpan[]
  /** Patroni's loop_wait. */
  renewEveryS: number
}

/** A probe's batch may be this late; an older one says nothing about the moment. */
const lateMs = 4_000

export function factsAt(known: Known, t: number): MomentFacts {
  const { tracks, hosts, outages, renewEveryS } = known
  const etcd = lastAt(tracks.etcd, t, (sample) => sample.t)
  const votes = etcd ? Object.values(etcd.members) : []
  return {
    t,
    hosts: hosts.map((host) => roleAt(host, tracks.roles.get(host) ?? [], t)),
    lease: leaseAt(tracks.lease, t, renewEveryS),
    etcd: etcd
      ? { voting: votes.filter(Boolean).length, members: votes.length, quorum: etcd.quorum, byName: etcd.members }
      : null,
    writes: writesAt(tracks, t),
    outage: outageAt(outages, t) ?? null,
  }
}

function roleAt(host: string, bands: readonly RoleBand[], t: number): MomentFacts['hosts'][number] {
  const band = lastAt(bands, t, (each) => each.from)
  if (!band) return { host, role: 'unknown', timeline: null, note: '', since: t }
  const began = bands.slice(0, bands.indexOf(band) + 1).findLastIndex((each) => each.role !== band.role)
  return { host, role: band.role, timeline: band.timeline, note: band.note, since: bands[began + 1]?.from ?? band.from }
}

function writesAt(tracks: Tracks, t: number): number | null {
  const end = tracks.client.end
  if (end === null) return null
  // live, the newest batch is a moment behind the clock
  const until = end < t && t - end < lateMs ? end : t
  const { acked, known } = tracks.client.count(until - 1_000, until)
  return known === 0 ? null : Math.round((acked * 10) / known)
}

const shortRole: Record<HostRole, string> = {
  leader: 'leader',
  sync: 'sync',
  replica: 'replica',
  starting: 'starting',
  none: 'no role',
  down: 'down',
  frozen: 'frozen',
  unknown: 'unknown',
}

/** "down 24 s", "leader", "sync": a host in the gutter. */
export function roleValue({ role, since }: MomentFacts['hosts'][number], t: number): string {
  return role === 'down' || role === 'frozen' ? `${shortRole[role]} ${agoText(t - since)}` : shortRole[role]
}

/** "17 s", in whole seconds as etcd tells them; "nobody" while the key is free. */
export function leaseValue(lease: MomentFacts['lease']): string {
  if (!lease) return 'unknown'
  return lease.leftMs === null ? 'nobody' : `${Math.floor(lease.leftMs / 1000)} s`
}

export const etcdValue = (etcd: MomentFacts['etcd']): string => (etcd ? `${etcd.voting} of ${etcd.members}` : 'unknown')
export const writesValue = (writes: number | null): string => (writes === null ? 'unknown' : `${writes}/s`)

/** One sentence about a moment, for those who listen. */
export function sentenceAt(facts: MomentFacts): string {
  const hosts = facts.hosts.map((host) => {
    const timeline = host.timeline === null || host.role === 'down' ? '' : ` on timeline ${host.timeline}`
    return `${host.host} ${roleValue(host, facts.t)}${timeline}`
  })
  const { lease, etcd, outage } = facts
  const held = lease?.holder ? `lease of ${lease.holder} ${leaseValue(lease)}` : 'nobody holds the leader key'
  const votes = etcd ? `etcd ${etcdValue(etcd)}${etcd.quorum ? '' : ', no quorum'}` : 'etcd unknown'
  const client = outage
    ? `no write acknowledged for ${secondsText(secondsOf({ ...outage, until: null }, facts.t))}`
    : facts.writes === null
      ? 'no probe'
      : `${facts.writes} writes per second`
  return [...hosts, held, votes, client].join('; ')
}
