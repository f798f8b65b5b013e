import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClusterState, DcsReading, HostState, PostgresReading } from '../../../src-main/contract/cluster.js'
import type { FaultRecord } from '../../../src-main/contract/fault.js'
import type { Outage, ProbeStats } from '../../../src-main/contract/probe.js'
import type { EventKind, LabEvent, LabRecord } from '../../../src-main/contract/record.js'
import type { World } from '../../../src-main/exercises/world.js'

/** A small cluster in memory: pg1 leads on timeline 1, pg2 is its synchronous standby. Tests change it and look. */
export interface FakeWorld extends World {
  now: number
  state: ClusterState
  kept: LabRecord[]
  rows: Record<string, Record<string, unknown>[] | Error>
  bodies: Record<string, unknown>
  outputs: Record<string, { code: number; stdout: string; stderr: string } | Error>
  stats: ProbeStats | null
  verified: () => ProbeStats
  repairs: number
  /** Commands that content ran, as "host: command". */
  ran: string[]
  event(kind: EventKind, more?: Partial<LabEvent>): void
  host(name: string, state: Partial<HostState>): void
  lead(name: string | null, timeline: number, standbys?: string[]): void
  stale(): void
  emit(): void
}

const startedAt = 1_700_000_000_000

const postgres = (timeline: number, inRecovery: boolean): PostgresReading => ({
  inRecovery,
  readOnly: inRecovery,
  timeline,
  lsn: '0/3000000',
  systemIdentifier: '7710463312939565110',
  startedAt,
  version: '17.6',
  replication: [],
  walReceiver: null,
  archiver: null,
})

const dcs = (leader: string | null, standbys: string[]): DcsReading => ({
  leader,
  lease: null,
  sync: { leader, standbys },
  config: { ttl: 20, loop_wait: 2, retry_timeout: 8, synchronous_mode: true },
  initialize: '7710463312939565110',
  failover: null,
  history: [],
  members: {},
  pause: false,
})

export const outage = (seconds: number, from: number, more: Partial<Outage> = {}): Outage => ({
  from,
  lastAckAt: from,
  until: from + seconds * 1000,
  seconds,
  failed: 30,
  unknown: 2,
  ...more,
})

export function fakeWorld(): FakeWorld {
  const clusterListeners = new Set<(state: ClusterState) => void>()
  const recordListeners = new Set<(record: LabRecord) => void>()
  const fresh = <T>(value: T) => ({ value, at: world.now, stale: false })
  const host = (name: string, data: boolean) => ({
    name,
    role: 'none' as const,
    timeline: null,
    note: '',
    engine: { value: { container: 'running' as const, since: startedAt } as HostState, at: startedAt, stale: false },
    ...(data
      ? {
          patroni: { value: null, at: null, stale: true },
          postgres: { value: postgres(1, name !== 'pg1'), at: startedAt, stale: false },
        }
      : {}),
  })
  const world: FakeWorld = {
    now: startedAt,
    lab: 'fake',
    topology: 'pair-witness',
    scope: 'pair-witness',
    dir: mkdtempSync(join(tmpdir(), 'dojo-fake-')),
    hosts: ['pg1', 'pg2', 'witness'],
    kept: [],
    rows: { 'pg1:replication': [{ application_name: 'pg2', state: 'streaming', sync_state: 'sync' }] },
    bodies: {
      'pg1/cluster': {
        members: [
          { name: 'pg1', role: 'leader', state: 'running', timeline: 1 },
          { name: 'pg2', role: 'sync_standby', state: 'streaming', timeline: 1, lag: 0 },
        ],
      },
    },
    outputs: {},
    stats: {
      running: true,
      startedAt,
      writesPerSecond: 40,
      rate: 40,
      acknowledged: 1000,
      failed: 0,
      unknown: 0,
      outages: [],
      lost: null,
      verifiedAt: null,
    },
    verified: () => ({ ...world.stats!, lost: 0, verifiedAt: world.now }),
    repairs: 0,
    ran: [],
    state: {
      lab: 'fake',
      at: startedAt,
      hosts: [host('pg1', true), host('pg2', true), host('witness', false)],
      leader: 'pg1',
      dcs: { value: dcs('pg1', ['pg2']), at: startedAt, stale: false },
      etcd: {
        value: {
          members: ['pg1', 'pg2', 'witness'].map((name) => ({ name, answers: true, leader: name === 'witness' })),
          quorum: true,
        },
        at: startedAt,
        stale: false,
      },
      proxy: { value: null, at: null, stale: true },
      backup: { value: null, at: null, stale: true },
      probe: null,
      faults: [],
    },
    cluster: () => world.state,
    records: (since) => world.kept.filter((record) => record.t >= since),
    async query(route, sql) {
      const key = `${'host' in route ? route.host : route.client}:${sql.includes('pg_stat_replication') ? 'replication' : sql}`
      const answer = world.rows[key] ?? new Error(`no answer to ${key}`)
      if (answer instanceof Error) throw answer
      return answer
    },
    async patroni(name, path) {
      const body = world.bodies[`${name}${path}`]
      if (body === undefined) throw new Error('connection refused')
      return body
    },
    async exec(name, argv) {
      const answer = world.outputs[`${name}: ${argv.join(' ')}`] ?? new Error(`${name} is down`)
      if (answer instanceof Error) throw answer
      return answer
    },
    probe: {
      stats: () => world.stats,
      verify: async () => (world.stats = world.verified()),
    },
    onCluster(listener) {
      clusterListeners.add(listener)
      return () => clusterListeners.delete(listener)
    },
    onRecord(listener) {
      recordListeners.add(listener)
      return () => recordListeners.delete(listener)
    },
    append(record) {
      world.kept.push(record)
      for (const listener of recordListeners) listener(record)
    },
    startProbe: async () => undefined,
    faults: {
      list: () => [],
      async inject({ kind, target, by }) {
        if (kind === 'crash') world.host(target, { container: 'exited', how: 'killed' })
        world.event('host.crashed', { host: target })
        return { id: 'f1', kind, target, options: {}, state: 'active', appliedAt: world.now, by } satisfies FaultRecord
      },
      heal: async () => [],
    },
    async run(name, argv) {
      world.ran.push(`${name}: ${argv.join(' ')}`)
      return await world.exec(name, argv, { timeoutMs: 1000 })
    },
    async repair() {
      world.repairs++
      for (const { name } of world.state.hosts) world.host(name, { container: 'running' })
    },
    event(kind, more = {}) {
      world.append({ k: 'event', t: world.now, kind, text: kind, data: {}, source: 'test', ...more })
    },
    host(name, state) {
      const found = world.state.hosts.find((it) => it.name === name)!
      const { how: _, ...before } = found.engine.value!
      found.engine = fresh({ ...before, ...state, since: world.now })
      world.emit()
    },
    lead(name, timeline, standbys = []) {
      world.state.dcs = fresh(dcs(name, standbys))
      world.state.leader = name
      const found = world.state.hosts.find((it) => it.name === name)
      if (found) found.postgres = fresh(postgres(timeline, false))
      world.emit()
    },
    stale() {
      const { dcs: keys, etcd } = world.state
      world.state.dcs = { ...keys, stale: true, error: 'connection refused' }
      world.state.etcd = { ...etcd, stale: true, error: 'connection refused' }
    },
    emit() {
      for (const listener of clusterListeners) listener(world.state)
    },
  }
  world.state.hosts[0]!.postgres!.value!.replication = [
    { applicationName: 'pg2', state: 'streaming', syncState: 'sync', lagBytes: 0, lagMs: 0 },
  ]
  return world
}
