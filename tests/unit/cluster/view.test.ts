import { expect, test } from 'vitest'
import type {
  DcsReading,
  HostState,
  Part,
  PatroniReading,
  PostgresReading,
} from '../../../src-main/contract/cluster.js'
import type { LabHost } from '../../../src-main/contract/lab.js'
import { hostViewOf, type HostInput } from '../../../src-main/cluster/view.js'

const now = 1_000_000
const fresh = <T>(value: T): Part<T> => ({ value, at: now - 200, stale: false })
const stale = <T>(value: T, error: string, ageMs = 20_000): Part<T> => ({ value, at: now - ageMs, stale: true, error })
const host = { name: 'pg1', address: '', services: ['etcd', 'patroni'], endpoints: {}, at: [0, 0] } as LabHost
const engine = (state: Partial<HostState>): Part<HostState> => fresh({ container: 'running', since: 0, ...state })
const patroni = (state: string, role = 'replica'): PatroniReading => ({
  state,
  role,
  pendingRestart: false,
  paused: false,
  clusterUnlocked: false,
  syncStandby: false,
})
const postgres = (change: Partial<PostgresReading>): PostgresReading => ({
  inRecovery: true,
  readOnly: true,
  timeline: 1,
  lsn: '0/1',
  systemIdentifier: '7',
  startedAt: 0,
  version: '17.6',
  replication: [],
  walReceiver: null,
  archiver: null,
  ...change,
})
const dcs = (leader: string | null, standbys: string[] = []): Part<DcsReading> =>
  fresh({
    leader,
    lease: null,
    sync: { leader, standbys },
    config: {},
    initialize: '7',
    failover: null,
    history: [],
    members: {},
    pause: false,
  })

const view = (input: Partial<HostInput>) =>
  hostViewOf({
    host,
    engine: engine({}),
    dcs: dcs('pg1'),
    etcd: { value: null, at: null, stale: true },
    was: null,
    now,
    ...input,
  })

test('a leader holds the key, and its note says who streams from it', () => {
  const streaming = [{ applicationName: 'pg2', state: 'streaming', syncState: 'sync', lagBytes: 0, lagMs: 0 }]
  const said = postgres({ inRecovery: false, readOnly: false, timeline: 2, replication: streaming })
  expect(view({ postgres: fresh(said) })).toMatchObject({ role: 'leader', timeline: 2, note: 'streams to pg2' })
  expect(view({ postgres: fresh({ ...said, replication: [] }) }).note).toBe('no standby attached')
  expect(view({ postgres: fresh(postgres({})) }).note).toBe('holds the leader key; promotes')
})

test('what a host that is away said last is never its present', () => {
  const said = postgres({ inRecovery: false, readOnly: false })
  const was = { role: 'leader' as const, timeline: 1 }
  const away = {
    patroni: stale(patroni('running', 'primary'), 'the host is down'),
    postgres: stale(said, 'the host is down'),
    was,
  }
  expect(view({ engine: engine({ container: 'exited', how: 'killed' }), ...away })).toMatchObject({
    role: 'down',
    timeline: null,
    note: 'crashed; was leader on timeline 1',
  })
  expect(view({ engine: engine({ container: 'exited', how: 'stopped' }), ...away }).note).toBe(
    'stopped; was leader on timeline 1',
  )
  expect(view({ engine: engine({ container: 'paused' }), ...away })).toMatchObject({ role: 'frozen', timeline: null })
})

test('the synchronous standby is the one that the key names, also without an upstream', () => {
  const said = postgres({ walReceiver: { status: 'streaming', senderHost: 'pg2' } })
  expect(view({ dcs: dcs('pg2', ['pg1']), postgres: fresh(said) })).toMatchObject({
    role: 'sync',
    note: 'streaming from pg2',
  })
  expect(view({ dcs: dcs(null, ['pg1']), postgres: fresh(postgres({})) })).toMatchObject({
    role: 'sync',
    note: 'no upstream; nobody holds the leader key',
  })
  expect(view({ dcs: dcs('pg2'), postgres: fresh(said) }).role).toBe('replica')
})

test('a standby that does not stream says whether it could be promoted, and why not', () => {
  const keys = (change: Partial<DcsReading>): Part<DcsReading> => fresh({ ...dcs('pg2').value!, ...change })
  const noteOf = (change: Partial<DcsReading>, lsn: string): string =>
    view({ dcs: keys(change), postgres: fresh(postgres({ lsn })) }).note
  const config = { maximum_lag_on_failover: 1_048_576 }
  expect(noteOf({ config, position: 0x200000 }, '0/100000')).toBe('in recovery, not streaming')
  expect(noteOf({ config, position: 0x200001 }, '0/100000')).toBe(
    'in recovery, not streaming; not promotable: more than 1,048,576 bytes behind, which is maximum_lag_on_failover',
  )
  const sync = { leader: 'pg2', standbys: ['pg3'] }
  expect(noteOf({ config: { synchronous_mode: true }, sync }, '0/100000')).toContain('not the synchronous standby')
  expect(noteOf({ config: { synchronous_mode: true }, sync: { leader: null, standbys: [] } }, '0/1')).toBe(
    'in recovery, not streaming',
  )
})

test('in another site Patroni says who leads, and what it leads', () => {
  const far = { ...host, name: 'far1', site: 'far' }
  const streaming = fresh(postgres({ walReceiver: { status: 'streaming', senderHost: 'pg1' } }))
  const as = (role: string) => view({ host: far, patroni: fresh(patroni('running', role)), postgres: streaming })
  expect(as('standby_leader')).toMatchObject({ role: 'replica', note: 'standby leader of far; streaming from pg1' })
  expect(as('replica')).toMatchObject({ role: 'replica', note: 'streaming from pg1' })
  const promoted = fresh(postgres({ inRecovery: false, readOnly: false }))
  expect(view({ host: far, postgres: promoted })).toMatchObject({ role: 'leader', note: 'takes writes in far' })
  const follows = fresh({ ...dcs('pg1').value!, config: { standby_cluster: { host: 'far1' } } })
  const from = fresh(postgres({ walReceiver: { status: 'streaming', senderHost: 'far1' } }))
  expect(view({ dcs: follows, postgres: from }).note).toBe('standby leader; streaming from far1')
})

test('a primary without the key is no leader; without etcd nobody can say who leads', () => {
  const said = fresh(postgres({ inRecovery: false, readOnly: false }))
  expect(view({ dcs: dcs('pg2'), postgres: said })).toMatchObject({
    role: 'none',
    note: 'not in recovery, without the leader key',
  })
  expect(view({ dcs: stale(dcs('pg1').value!, 'no answer in time'), postgres: said }).role).toBe('unknown')
})

test('starting, stopped and silent are three different things', () => {
  const silentSql = stale(postgres({}), 'connection refused')
  expect(view({ dcs: dcs('pg2'), patroni: fresh(patroni('starting')), postgres: silentSql }).role).toBe('starting')
  expect(view({ dcs: dcs('pg2'), patroni: fresh(patroni('stopped')), postgres: silentSql })).toMatchObject({
    role: 'none',
    note: 'PostgreSQL: stopped',
  })
  expect(view({ dcs: dcs('pg2'), patroni: fresh(patroni('stopped', 'demoted')), postgres: silentSql }).role).toBe(
    'starting',
  )
  const silent = stale(patroni('running'), 'no answer in time')
  expect(view({ dcs: dcs('pg2'), patroni: silent, postgres: silentSql }).role).toBe('unknown')
  expect(
    view({ dcs: dcs('pg2'), patroni: silent, postgres: silentSql, engine: engine({ since: now - 3000 }) }).role,
  ).toBe('starting')
})

test('a host without PostgreSQL has no part in the cluster, and says what its etcd does', () => {
  const witness = { ...host, name: 'witness', services: ['etcd'] } as LabHost
  const etcd = fresh({ members: [{ name: 'witness', answers: true, leader: true, term: 3 }], quorum: true })
  expect(view({ host: witness, etcd })).toMatchObject({ role: 'none', note: 'etcd leader, term 3' })
  const lost = fresh({
    members: [{ name: 'witness', answers: false, leader: false, error: 'connection refused' }],
    quorum: true,
  })
  expect(view({ host: witness, etcd: lost }).note).toBe('etcd does not answer: connection refused')
})
