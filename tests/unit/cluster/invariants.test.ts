import { expect, test } from 'vitest'
import type { HostState, PostgresReading } from '../../../src-main/contract/cluster.js'
import type { LabInfo } from '../../../src-main/contract/lab.js'
import type { LabEvent, LabRecord } from '../../../src-main/contract/record.js'
import { createConclusions } from '../../../src-main/cluster/conclude/index.js'
import type { Fact, KeyChange } from '../../../src-main/cluster/facts.js'

const host = (name: string) => ({ name, address: '', services: ['etcd', 'patroni'], endpoints: {}, at: [0, 0] })
const info = {
  hosts: [host('pg1'), host('pg2')],
  spec: { promises: { writablePrimaries: { atMost: 1 } } },
} as unknown as LabInfo

const reading = (more: Partial<PostgresReading>): PostgresReading => ({
  inRecovery: false,
  readOnly: false,
  timeline: 1,
  lsn: '0/3000000',
  systemIdentifier: '7',
  startedAt: 500,
  version: '17.6',
  replication: [],
  walReceiver: null,
  archiver: null,
  ...more,
})
const primary = (t: number, name: string, more: Partial<PostgresReading> = {}): Fact => ({
  t,
  u: 1_000,
  source: 'sql',
  host: name,
  reading: reading(more),
})
const standby = (t: number, name: string, more: Partial<PostgresReading> = {}): Fact =>
  primary(t, name, { inRecovery: true, readOnly: true, ...more })
const silent = (t: number, name: string, why: string): Fact => ({ t, source: 'sql', host: name, reading: null, why })
const engine = (t: number, name: string, container: HostState['container']): Fact => ({
  t,
  source: 'engine',
  host: name,
  first: false,
  state: { container, since: t },
})
const keys = (t: number, change: Partial<KeyChange>): Fact => ({
  t,
  source: 'keys',
  change: { revision: t, snapshot: false, puts: [], deletes: [], ...change },
})
const put = (key: string, value: unknown, lease: string | null = null) => ({
  key,
  value: JSON.stringify(value),
  lease,
  createRevision: 1,
})
const concluded = (facts: readonly Fact[]): LabRecord[] => facts.flatMap(createConclusions(info))
const eventsOf = (facts: readonly Fact[], prefix = ''): LabEvent[] =>
  concluded(facts).filter((record): record is LabEvent => record.k === 'event' && record.kind.startsWith(prefix))
const told = (events: readonly LabEvent[]): string[] => events.map(({ t, kind }) => `${t} ${kind}`)

test('two writable primaries: told when proven, and once more with the exact interval when it is over', () => {
  const events = eventsOf(
    [
      primary(1_000, 'pg1'),
      standby(1_200, 'pg2'),
      primary(2_000, 'pg1'),
      primary(2_200, 'pg2'), // no proof yet: pg1 may have stopped since 2.0 s
      primary(3_000, 'pg1'),
      primary(3_200, 'pg2'),
      primary(4_000, 'pg1'),
      standby(5_000, 'pg1', { startedAt: 4_500 }),
    ],
    'invariant',
  )
  expect(told(events)).toEqual(['2200 invariant.violated', '3200 invariant.restored'])
  expect(events[0]!.data).toMatchObject({ hosts: ['pg1', 'pg2'], from: 2_200, fromU: 1_000, to: null })
  // pg2 was seen last at 3.2 s, and pg1 was over at 5.0 s at the latest
  expect(events[1]!.data).toMatchObject({ from: 2_200, fromU: 1_000, to: 3_200, toU: 1_800 })
})

test('a primary that hands over is no second one, however close', () => {
  const facts = [
    primary(1_000, 'pg1'),
    standby(1_100, 'pg2'),
    primary(2_000, 'pg1'),
    primary(2_001, 'pg2'),
    standby(2_002, 'pg1', { startedAt: 2_001 }),
    primary(3_000, 'pg2'),
  ]
  expect(eventsOf(facts, 'invariant')).toEqual([])
})

test('a host that could not be read meanwhile is judged when it can: one postmaster, a primary before and after', () => {
  const events = eventsOf(
    [
      primary(1_000, 'pg1'),
      standby(1_100, 'pg2'),
      silent(2_000, 'pg1', 'no answer in time'),
      primary(10_000, 'pg2'),
      primary(20_000, 'pg2'),
      primary(30_000, 'pg1'),
      standby(31_000, 'pg1', { startedAt: 30_500 }),
    ],
    'invariant',
  )
  expect(told(events)).toEqual(['10000 invariant.violated', '20000 invariant.restored'])
  expect(events[1]!.data).toMatchObject({ from: 10_000, to: 20_000, toU: 11_000 })
})

test('a frozen host accepts no writes: its silence is no proof, its thaw begins anew', () => {
  const facts = [
    primary(1_000, 'pg1'),
    standby(1_100, 'pg2'),
    engine(2_000, 'pg1', 'running'),
    engine(2_100, 'pg1', 'paused'),
    primary(10_000, 'pg2'),
    primary(20_000, 'pg2'),
    engine(21_000, 'pg1', 'running'),
  ]
  expect(eventsOf([...facts, standby(22_000, 'pg1', { startedAt: 21_500 })], 'invariant')).toEqual([])
  const events = eventsOf([...facts, primary(21_300, 'pg1'), primary(22_000, 'pg2')], 'invariant')
  expect(events).toMatchObject([{ t: 21_300, u: 300, kind: 'invariant.violated' }])
})

test('a primary that restarted was none in between', () => {
  const facts = [
    primary(1_000, 'pg1'),
    standby(1_100, 'pg2'),
    primary(3_000, 'pg2'),
    primary(4_000, 'pg2'),
    standby(4_500, 'pg2', { startedAt: 4_200 }),
    primary(6_000, 'pg1', { startedAt: 5_000 }),
    primary(7_000, 'pg1', { startedAt: 5_000 }),
  ]
  expect(eventsOf(facts, 'invariant')).toEqual([])
})

const history = [[1, 0x5000000, 'no recovery target specified']]

test('a primary past the end of its timeline serves what nobody else has', () => {
  const facts = [
    keys(500, { snapshot: true, puts: [put('history', [])] }),
    primary(1_000, 'pg1', { lsn: '0/5000100' }),
    keys(2_000, { puts: [put('history', history)] }),
    primary(3_000, 'pg2', { timeline: 2, lsn: '0/5000100' }),
    primary(3_100, 'pg1', { lsn: '0/5000100' }),
    primary(4_100, 'pg1', { lsn: '0/5000200' }),
    standby(5_000, 'pg1', { startedAt: 4_900, timeline: 2, lsn: '0/5000000' }),
  ]
  const diverged = eventsOf(facts, 'invariant').filter(({ data }) => data['invariant'] === 'divergedMember')
  expect(told(diverged)).toEqual(['3100 invariant.violated', '5000 invariant.restored'])
  expect(diverged[0]).toMatchObject({ host: 'pg1', data: { hosts: ['pg1'], bytes: 0x200, timeline: 1 } })
})

test('a standby that is still on its way to the new timeline is not diverged, one that stays there is', () => {
  const streams = { status: 'streaming', senderHost: 'pg1' }
  const facts = [
    keys(500, { snapshot: true, puts: [put('history', history)] }),
    standby(1_000, 'pg2', { lsn: '0/4000000' }),
    standby(2_000, 'pg2', { lsn: '0/5000000' }),
    standby(3_000, 'pg2', { lsn: '0/6000000' }), // the walreceiver is not there yet, the timeline is late
    standby(3_500, 'pg2', { lsn: '0/6000000' }),
    standby(4_000, 'pg2', { lsn: '0/6000000', timeline: 2 }),
  ]
  expect(eventsOf(facts, 'invariant')).toEqual([])
  const stays = [10, 12, 14, 16].map((s) => standby(s * 1_000, 'pg2', { lsn: '0/6000000', walReceiver: streams }))
  expect(told(eventsOf([...facts, ...stays], 'invariant'))).toEqual(['10000 invariant.violated'])
})

test('an old primary that streams from nobody waits to be rewound, however long', () => {
  const waits = [10, 30, 60, 120].map((s) => standby(s * 1_000, 'pg1', { lsn: '0/6000000', startedAt: 9_000 }))
  const facts = [keys(500, { snapshot: true, puts: [put('history', history)] }), ...waits]
  expect(eventsOf(facts, 'invariant')).toEqual([])
})

const slot = (active: boolean, heldBytes = 0, name = 'pg2') => [
  { name, type: 'physical', active, heldBytes, walStatus: 'reserved' },
]

test('slots: made, dropped, and left with the WAL that they hold; a short absence is no news', () => {
  const events = eventsOf(
    [
      primary(1_000, 'pg1', { slots: slot(true) }),
      primary(2_000, 'pg1', { slots: [...slot(true), ...slot(false, 0, 'orphan')] }),
      primary(3_000, 'pg1', { slots: slot(false, 100) }),
      primary(4_000, 'pg1', { slots: slot(true) }),
      primary(5_000, 'pg1', { slots: slot(false, 100) }),
      primary(14_000, 'pg1', { slots: slot(false, 1_000) }),
      primary(15_000, 'pg1', { slots: slot(false, 2_000_000) }),
      primary(16_000, 'pg1', { slots: slot(false, 3_000_000) }),
      primary(17_000, 'pg1', { slots: slot(false, 70_000_000) }),
      primary(18_000, 'pg1', { slots: slot(false, 80_000_000) }),
      primary(19_000, 'pg1', { slots: slot(true) }),
    ],
    'slot',
  )
  expect(told(events)).toEqual([
    '2000 slot.created',
    '3000 slot.dropped',
    '5000 slot.inactive',
    '17000 slot.inactive',
    '19000 slot.active',
  ])
  expect(events[2]!.data).toMatchObject({ name: 'pg2', heldBytes: 2_000_000 })
})

test('slots that Patroni keeps on a standby are not told', () => {
  const facts = [standby(1_000, 'pg2', { slots: [] }), standby(2_000, 'pg2', { slots: slot(false, 100, 'pg1') })]
  expect(eventsOf([...facts, standby(60_000, 'pg2', { slots: slot(false, 10 ** 9, 'pg1') })], 'slot')).toEqual([])
})

const archiver = (lastArchived: string, failedCount: number, lastFailed: string | null = null) => ({
  archiver: { lastArchived, lastArchivedAt: null, failedCount, lastFailed, lastFailedAt: null },
})

test('an archive command that fails is told once, and so is that it works again', () => {
  const events = eventsOf([
    primary(1_000, 'pg1', archiver('01', 2)),
    primary(2_000, 'pg1', archiver('01', 3, '02')),
    primary(3_000, 'pg1', archiver('01', 9, '02')),
    primary(4_000, 'pg1', archiver('02', 9, '02')),
  ])
  expect(told(events)).toEqual(['2000 archive.failing', '4000 archive.working', '4000 archive'])
  expect(events[0]!.data).toMatchObject({ wal: '02' })
})

test('a restart inside a host is told; one that came with its host is the host’s', () => {
  const inside = [primary(1_000, 'pg1'), primary(2_000, 'pg1', { startedAt: 1_700 })]
  expect(told(eventsOf(inside, 'service'))).toEqual(['1700 service.restarted'])
  const withHost = [
    primary(1_000, 'pg1'),
    engine(1_100, 'pg1', 'running'),
    engine(1_200, 'pg1', 'exited'),
    engine(1_500, 'pg1', 'running'),
    primary(2_000, 'pg1', { startedAt: 1_700 }),
  ]
  expect(eventsOf(withHost, 'service')).toEqual([])
})

test('a member key that moves to another lease is a new Patroni, unless its lease ran out or the ttl changed', () => {
  const begin = keys(1_000, { snapshot: true, puts: [put('config', { ttl: 20 }), put('members/pg1', {}, '7')] })
  const moved = keys(3_000, { puts: [put('members/pg1', {}, '8')] })
  expect(eventsOf([begin, keys(2_000, { puts: [put('members/pg1', {}, '7')] }), moved], 'service')).toMatchObject([
    { kind: 'service.restarted', host: 'pg1', data: { service: 'patroni' } },
  ])
  expect(eventsOf([begin, keys(2_000, { deletes: ['members/pg1'] }), moved], 'service')).toEqual([])
  expect(eventsOf([begin, keys(2_000, { puts: [put('config', { ttl: 30 })] }), moved], 'service')).toEqual([])
})

test('a service that stays silent is told from its first missing answer on; a host that is away has none', () => {
  const refused = [3_000, 4_000, 5_000, 6_000].map((t) => silent(t, 'pg1', 'connection refused'))
  const events = eventsOf([primary(2_000, 'pg1'), ...refused, primary(7_000, 'pg1')], 'service')
  expect(told(events)).toEqual(['3000 service.lost', '7000 service.back'])
  expect(events[0]).toMatchObject({ u: 1_000, data: { service: 'postgres', why: 'connection refused' } })
  const late = refused.map((fact) => ({ ...fact, why: 'no answer in time' }) as Fact)
  expect(eventsOf([primary(2_000, 'pg1'), ...late], 'service')).toEqual([])
  expect(eventsOf([primary(2_000, 'pg1'), engine(2_500, 'pg1', 'exited'), ...refused], 'service')).toEqual([])
})

test('settings that wait for a restart', () => {
  const patroni = (t: number, pendingRestart: boolean): Fact => ({
    t,
    source: 'patroni',
    host: 'pg2',
    reading: {
      state: 'running',
      role: 'replica',
      pendingRestart,
      paused: false,
      clusterUnlocked: false,
      syncStandby: false,
    },
  })
  const facts = [patroni(1_000, false), patroni(2_000, true), patroni(3_000, true), patroni(4_000, false)]
  expect(told(eventsOf(facts))).toEqual(['2000 restart.pending', '4000 restart.done'])
})

test('positions about once a second, as the primary sees them; what stands still is told seldom, without a false slope', () => {
  const row = { applicationName: 'pg2', state: 'streaming', syncState: 'sync', lagBytes: 48, lagMs: 3 }
  const facts: Fact[] = []
  for (let t = 1_000; t <= 4_000; t += 250) {
    facts.push(primary(t, 'pg1', { lsn: `0/${(0x3000000 + t).toString(16)}`, replication: [row] }))
    facts.push(standby(t + 20, 'pg2', { lsn: '0/3000000' }))
  }
  for (let t = 5_000; t <= 12_000; t += 1_000) facts.push(primary(t, 'pg1', { lsn: '0/4000000' }))
  facts.push(primary(13_000, 'pg1', { lsn: '0/5000000' }))
  const gauges = concluded(facts).filter((record) => record.k === 'gauge')
  expect(gauges.map(({ t }) => t)).toEqual([1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 12_000, 13_000])
  expect(gauges[1]!.hosts).toEqual({
    pg1: { walBytes: 0x3000000 + 2_000, lagBytes: 0, lagMs: 0 },
    pg2: { walBytes: 0x3000000, lagBytes: 48, lagMs: 3 },
  })
  // pg2 was not heard any more from 6.5 s on
  expect(Object.keys(gauges.at(-1)!.hosts)).toEqual(['pg1'])
})
