import type { ClusterState, HostState, HostView, Part, PostgresReading } from '../../src-main/contract/cluster.js'
import type { LabInfo } from '../../src-main/contract/lab.js'
import type { ProbeStats } from '../../src-main/contract/probe.js'
import type { LabEvent } from '../../src-main/contract/record.js'
import { keepsBackups } from '../../src-main/contract/repository.js'
import { numberIn, textIn } from './event-data.js'
import { lsnText } from '../topology/lsn.js'
import { faultsAt } from './moment-faults.js'
import { factsAt, type Known, type MomentFacts } from './facts.js'
import type { OutageSpan } from './outages.js'
import { lastAt } from './sorted.js'
import type { GaugeSample } from './tracks.js'

const unrecorded = { value: null, at: null, stale: true }
const known = <T>(value: T, at: number): Part<T> => ({ value, at, stale: false })

/**
 * The cluster at a moment, as far as records tell: roles, lease, votes, client, faults and timelines. What nobody
 * records (health checks, Patroni's own words) is absent, and the picture leaves it out.
 */
export function stateAt(info: LabInfo, from: Known, t: number): ClusterState {
  const all = { ...from, hosts: info.hosts.map(({ name }) => name) }
  const facts = factsAt(all, t)
  const before = from.tracks.events.filter((event) => event.t <= t)
  const standbys = facts.hosts.filter(({ note, role }) => (role === 'sync' || role === 'replica') && streams(note))
  const holder = facts.lease?.holder ?? null
  const gauge = gaugeAt(from.tracks.gauges, t)
  return {
    lab: info.lab,
    at: t,
    hosts: facts.hosts.map((host) => hostAt(info, host, standbys, before, gauge, t)),
    leader: holder,
    dcs: known(dcsAt(info, facts, before, t), t),
    etcd: facts.etcd ? known(etcdAt(facts.etcd, facts.hosts, before), t) : unrecorded,
    proxy: unrecorded,
    ...repositoriesAt(info, before, t),
    probe: probeAt(from, facts, t),
    faults: faultsAt(before),
  }
}

type HostFacts = MomentFacts['hosts'][number]

const streams = (note: string): boolean => note.startsWith('streaming')

function hostAt(
  info: LabInfo,
  host: HostFacts,
  standbys: HostFacts[],
  before: LabEvent[],
  gauge: GaugeSample['hosts'],
  t: number,
): HostView {
  const { role, timeline, note } = host
  const isData = info.hosts.some(({ name, services }) => name === host.host && services.includes('patroni'))
  return {
    name: host.host,
    role,
    timeline,
    note,
    engine: known(engineAt(host, before), t),
    ...(isData ? { postgres: known(postgresAt(host, standbys, gauge), t) } : {}),
  }
}

function engineAt({ host, role, since }: HostFacts, before: LabEvent[]): HostState {
  if (role === 'frozen') return { container: 'paused', since }
  if (role !== 'down') return { container: 'running', since }
  const end = before.findLast(
    (event) => event.host === host && (event.kind === 'host.crashed' || event.kind === 'host.stopped'),
  )
  const how = end?.kind === 'host.stopped' ? 'stopped' : end?.data['how'] === 'died' ? 'died' : 'killed'
  return { container: 'exited', since: end?.t ?? since, how }
}

/** Positions are recorded about once a second; older ones say nothing about the moment. */
const freshMs = 3_000

function gaugeAt(gauges: readonly GaugeSample[], t: number): GaugeSample['hosts'] {
  const sample = lastAt(gauges, t, (each) => each.t)
  return sample && t - sample.t <= freshMs ? sample.hosts : {}
}

/** Who streams from whom is told by the standbys' notes, positions and lags by the gauges. */
function postgresAt(
  { host: name, role, timeline }: HostFacts,
  standbys: HostFacts[],
  gauge: GaugeSample['hosts'],
): PostgresReading | null {
  const position = gauge[name]
  if (role !== 'leader' && role !== 'sync' && role !== 'replica' && !position) return null
  const leads = role === 'leader'
  return {
    inRecovery: !leads,
    readOnly: !leads,
    timeline: timeline ?? 0,
    lsn: position ? lsnText(position.walBytes) : '',
    systemIdentifier: '',
    startedAt: 0,
    version: '',
    replication: leads
      ? standbys.map(({ host, role: part }) => ({
          applicationName: host,
          state: 'streaming',
          syncState: part === 'sync' ? 'sync' : 'async',
          lagBytes: gauge[host]?.lagBytes ?? null,
          lagMs: gauge[host]?.lagMs ?? null,
        }))
      : [],
    walReceiver: null,
    archiver: null,
  }
}

function dcsAt(info: LabInfo, { lease, hosts }: MomentFacts, before: LabEvent[], t: number) {
  const history = before
    .filter(({ kind }) => kind === 'timeline')
    .map(({ data, t: at }) => ({
      timeline: numberIn(data, 'timeline') ?? 0,
      lsn: numberIn(data, 'lsn') ?? 0,
      reason: textIn(data, 'reason') ?? '',
      at: textIn(data, 'at') ?? new Date(at).toISOString(),
    }))
  // nobody leads in between: the last one to lead is whom the standbys followed
  const lead = hosts.find(({ role }) => role === 'leader')?.host ?? lastLeader(before)
  return {
    leader: lease?.holder ?? null,
    lease:
      lease === null || lease.leftMs === null
        ? null
        : { id: '', ttlS: lease.ttlS, leftMs: lease.leftMs, readAt: t, renewedAt: lease.renewedAt },
    sync: { leader: lead, standbys: hosts.filter(({ role }) => role === 'sync').map(({ host }) => host) },
    config: { ...info.settings.patroni },
    initialize: null,
    failover: null,
    history,
    members: {},
    pause: false,
  }
}

function lastLeader(before: LabEvent[]): string | null {
  const event = before.findLast(({ kind }) =>
    ['leader.taken', 'promoted', 'lease.expired', 'leader.released', 'leader.lost'].includes(kind),
  )
  return event?.host ?? null
}

/** Who leads etcd is told by an event when it changed, and by the notes of hosts that are members and nothing else. */
function etcdAt(etcd: NonNullable<MomentFacts['etcd']>, hosts: HostFacts[], before: LabEvent[]) {
  const told = before.findLast(({ kind }) => kind === 'etcd.leader')?.host
  const leads = told ?? hosts.find(({ note }) => note.startsWith('etcd leader'))?.host
  const members = Object.entries(etcd.byName).map(([name, answers]) => ({
    name,
    answers,
    leader: answers && leads === name,
  }))
  return { members, quorum: etcd.quorum }
}

function repositoriesAt(info: LabInfo, before: LabEvent[], t: number): Pick<ClusterState, 'backup' | 'repositories'> {
  const made = before.filter(({ kind }) => kind === 'backup')
  const hosts = info.hosts.filter(keepsBackups)
  if (hosts.length < 2) return { backup: backupAt(made, before, t) }
  const ofHost = (host: string) =>
    backupAt(
      made.filter((event) => event.host === host),
      before,
      t,
    )
  const repositories = Object.fromEntries(hosts.map(({ name }) => [name, ofHost(name)]))
  return { backup: repositories[hosts[0]!.name]!, repositories }
}

function backupAt(made: LabEvent[], before: LabEvent[], t: number): ClusterState['backup'] {
  const backups = made.map(({ data, t: at }) => ({
    label: textIn(data, 'label') ?? '',
    type: textIn(data, 'type') ?? 'full',
    startedAt: numberIn(data, 'startedAt') ?? at,
    stoppedAt: numberIn(data, 'stoppedAt') ?? at,
    sizeBytes: numberIn(data, 'sizeBytes') ?? 0,
  }))
  if (backups.length === 0) return unrecorded
  const wal = before.findLast(({ kind }) => kind === 'archive')?.data['wal']
  return known(
    { stanzaOk: true, message: 'ok', backups, archiveMin: null, archiveMax: typeof wal === 'string' ? wal : null },
    t,
  )
}

function probeAt({ tracks, outages }: Known, { writes }: MomentFacts, t: number): ProbeStats | null {
  if (writes === null) return null
  const sum = tracks.client.count(tracks.first ?? t, t)
  return {
    running: true,
    startedAt: tracks.first ?? t,
    writesPerSecond: writes,
    rate: writes,
    acknowledged: sum.acked,
    failed: sum.failed,
    unknown: sum.unknown,
    outages: outages.filter(({ from }) => from <= t).map((span) => outageAt(span, t)),
    lost: outages.findLast(({ until }) => until !== null && until <= t)?.lost ?? null,
    verifiedAt: null,
  }
}

function outageAt({ from, until, failed, unknown }: OutageSpan, t: number): ProbeStats['outages'][number] {
  const over = until !== null && until <= t ? until : null
  return { from, lastAckAt: from, until: over, seconds: ((over ?? t) - from) / 1000, failed, unknown }
}
