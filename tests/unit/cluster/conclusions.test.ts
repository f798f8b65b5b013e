import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { LabInfo } from '../../../src-main/contract/lab.js'
import type { LabEvent } from '../../../src-main/contract/record.js'
import { createConclusions } from '../../../src-main/cluster/conclude/index.js'
import type { Fact } from '../../../src-main/cluster/facts.js'

const host = (name: string, services: LabInfo['hosts'][number]['services']): LabInfo['hosts'][number] => ({
  name,
  address: '10.77.0.11',
  services,
  endpoints: {},
  at: [0, 0],
})
const info = {
  hosts: [host('pg1', ['etcd', 'patroni']), host('pg2', ['etcd', 'patroni']), host('witness', ['etcd'])],
  spec: { promises: { writablePrimaries: { atMost: 1 } } },
} as unknown as LabInfo

/** Facts as an observer wrote them down in a real lab (pair-witness, ttl 20, loop_wait 2), thinned. */
const recorded = (name: string): Fact[] =>
  readFileSync(join(import.meta.dirname, 'fixtures', `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Fact)

function eventsOf(facts: readonly Fact[]): LabEvent[] {
  const conclude = createConclusions(info)
  return facts.flatMap(conclude).filter((record): record is LabEvent => record.k === 'event')
}
const story = (events: readonly LabEvent[]): string[] =>
  events.filter(({ kind }) => kind !== 'archive').map(({ kind, host: where }) => `${kind}${where ? ` ${where}` : ''}`)

test('a crash of the leader: the lease runs out, the standby is promoted, the old leader comes back as standby', () => {
  const events = eventsOf(recorded('crash'))
  expect(story(events).toSorted()).toEqual(
    [
      'host.crashed pg1',
      'etcd.lost pg1',
      'replica.stopped pg2',
      'lease.expired pg1',
      'leader.taken pg2',
      'sync.changed',
      'promoted pg2',
      'timeline pg2',
      'host.started pg1',
      'etcd.back pg1',
      'replica.streaming pg1',
      'demoted pg1',
      'sync.changed',
    ].toSorted(),
  )
  const at = (kind: string): number => events.find((event) => event.kind === kind)!.t
  expect(at('lease.expired') - at('host.crashed')).toBeGreaterThan(15_000)
  expect(at('host.crashed')).toBeLessThan(at('lease.expired'))
  expect(at('lease.expired')).toBeLessThan(at('leader.taken'))
  expect(at('leader.taken')).toBeLessThan(at('promoted'))
  expect(events.find(({ kind }) => kind === 'promoted')).toMatchObject({
    source: 'sql',
    data: { timeline: 6 },
    u: expect.any(Number),
  })
  expect(events.find(({ kind }) => kind === 'timeline')).toMatchObject({
    text: 'timeline 6 from 0/817E760',
    source: 'etcd',
  })
})

test('a graceful stop: the key is given up, no lease expires, and a new leader is there within seconds', () => {
  const events = eventsOf(recorded('stop'))
  expect(story(events)).toContain('host.stopped pg1')
  expect(story(events)).toContain('leader.released pg1')
  expect(story(events)).not.toContain('lease.expired pg1')
  expect(story(events)).not.toContain('host.crashed pg1')
  expect(story(events)).not.toContain('switchover.requested pg1')
  const at = (kind: string): number => events.find((event) => event.kind === kind)!.t
  expect(at('leader.taken') - at('leader.released')).toBeLessThan(2_000)
})

test('a switchover: it was asked for, and that tells it from a stop', () => {
  const events = eventsOf(recorded('switchover'))
  const [request] = events
  expect(request).toMatchObject({
    kind: 'switchover.requested',
    text: 'switchover from pg2 to pg1 requested',
    data: { leader: 'pg2', member: 'pg1' },
  })
  expect(story(events).toSorted()).toEqual(
    [
      'switchover.requested pg2',
      'leader.released pg2',
      'leader.taken pg1',
      'replica.stopped pg1',
      'promoted pg1',
      'timeline pg1',
      'service.lost pg2',
      'service.restarted pg2',
      'demoted pg2',
      'service.back pg2',
      'replica.streaming pg2',
      'sync.changed',
      'sync.changed',
    ].toSorted(),
  )
})

test('a freeze: no crash, the lease runs out, and for a moment after the thaw two primaries accept writes', () => {
  const events = eventsOf(recorded('freeze'))
  expect(story(events)).toContain('host.frozen pg2')
  expect(story(events)).toContain('host.thawed pg2')
  expect(story(events)).toContain('lease.expired pg2')
  expect(story(events)).not.toContain('host.crashed pg2')
  const [violated, ...others] = events.filter(({ kind }) => kind === 'invariant.violated')
  expect(violated).toMatchObject({ data: { hosts: ['pg1', 'pg2'], to: null } })
  expect(others).toEqual([])
  const at = (kind: string): LabEvent => events.find((event) => event.kind === kind)!
  const { from, fromU, to, toU } = at('invariant.restored').data as Record<string, number>
  // proven from the first look after the thaw on; certainly not before the thaw, and over when it was a standby
  expect(from).toBe(violated!.t)
  expect(from! - fromU!).toBeGreaterThanOrEqual(at('host.thawed').t)
  expect(to! - from!).toBeGreaterThanOrEqual(0)
  expect(to! + toU!).toBeLessThanOrEqual(at('demoted').t)
})

test.each(['crash', 'stop', 'switchover', 'freeze'])('%s: hearing everything twice concludes nothing twice', (name) => {
  const once = recorded(name)
  const twice = once.flatMap((fact) => [fact, fact])
  expect(story(eventsOf(twice))).toEqual(story(eventsOf(once)))
})

test.each(['crash', 'stop', 'switchover', 'freeze'])('%s: where things stand at the first look is no event', (name) => {
  const all = recorded(name)
  const lastOf = (source: Fact['source'], host?: string): Fact | undefined =>
    all.findLast((fact) => fact.source === source && (!host || ('host' in fact && fact.host === host)))
  const snapshot = all.find((fact) => fact.source === 'keys')
  const first = [
    snapshot,
    lastOf('engine', 'pg1'),
    lastOf('engine', 'pg2'),
    lastOf('sql', 'pg1'),
    lastOf('sql', 'pg2'),
    lastOf('etcd'),
  ]
  expect(eventsOf(first.filter((fact) => fact !== undefined))).toEqual([])
})

const put = (key: string, value: unknown, lease: string | null = null) => ({
  key,
  value: typeof value === 'string' ? value : JSON.stringify(value),
  lease,
  createRevision: 1,
})
const keys = (
  t: number,
  revision: number,
  puts: ReturnType<typeof put>[],
  deletes: string[] = [],
  snapshot = false,
): Fact => ({
  t,
  source: 'keys',
  change: { revision, snapshot, puts, deletes },
})
const begin = keys(
  1000,
  1,
  [put('leader', 'pg1', '7'), put('members/pg1', {}, '7'), put('config', { ttl: 20, postgresql: { a: 1 } })],
  [],
  true,
)

test('a key that goes with its member key went with the lease; alone it was given up', () => {
  const gone = eventsOf([begin, keys(2000, 2, [], ['members/pg1', 'leader'])])
  expect(gone).toMatchObject([{ kind: 'lease.expired', host: 'pg1', t: 2000, data: { lease: '7' } }])
  const released = eventsOf([begin, keys(2000, 2, [], ['leader'])])
  expect(released).toMatchObject([{ kind: 'leader.released', host: 'pg1' }])
})

test('what changed while nobody watched is told with its uncertainty, and its cause is not guessed', () => {
  const after = keys(
    60_000,
    50,
    [put('leader', 'pg2', '9'), put('config', { ttl: 20, postgresql: { a: 1 } })],
    [],
    true,
  )
  expect(eventsOf([begin, after])).toMatchObject([
    { kind: 'leader.lost', host: 'pg1', u: 59_000 },
    { kind: 'leader.taken', host: 'pg2', u: 59_000 },
  ])
})

test('configuration: what changed, by its path', () => {
  const events = eventsOf([begin, keys(2000, 2, [put('config', { ttl: 30, postgresql: { a: 2 }, pause: true })])])
  expect(events).toMatchObject([
    { kind: 'config.changed', text: 'ttl = 30, postgresql.a = 2, pause = true' },
    { kind: 'cluster.paused' },
  ])
})

test('a manual failover names only the candidate; an emptied request is none', () => {
  const events = eventsOf([
    begin,
    keys(2000, 2, [put('failover', { member: 'pg2' })]),
    keys(3000, 3, [put('failover', {})]),
  ])
  expect(events).toMatchObject([
    { kind: 'switchover.requested', text: 'manual failover to pg2 requested', host: 'pg2' },
  ])
})

const member = (name: string, leader = false) => ({ name, answers: true, leader, term: 2 })
const lost = (name: string) => ({ name, answers: false, leader: false, error: 'connection refused' })
const etcd = (t: number, members: (ReturnType<typeof member> | ReturnType<typeof lost>)[], quorum = true): Fact => ({
  t,
  source: 'etcd',
  members,
  quorum,
})

test('etcd: members come and go, an election is no loss of quorum, two of three lost is', () => {
  const events = eventsOf([
    etcd(1000, [member('pg1', true), member('pg2'), member('witness')]),
    etcd(2000, [lost('pg1'), member('pg2'), member('witness')]),
    etcd(3000, [lost('pg1'), { ...member('pg2', true), term: 3 }, member('witness')]),
    etcd(4000, [lost('pg1'), lost('pg2'), { ...member('witness'), error: 'knows no leader' }], false),
    etcd(5000, [lost('pg1'), member('pg2'), { ...member('witness', true), term: 4 }]),
  ])
  expect(events.map(({ t, kind, host: where }) => `${t} ${kind} ${where ?? ''}`.trim())).toEqual([
    '2000 etcd.lost pg1',
    '2000 election',
    '3000 etcd.leader pg2',
    '4000 etcd.lost pg2',
    '4000 quorum.lost',
    '5000 etcd.back pg2',
    '5000 quorum.back',
    '5000 etcd.leader witness',
  ])
})

test('a host that ended by itself is told from one that was stopped', () => {
  const engine = (t: number, state: Record<string, unknown>): Fact => ({
    t,
    source: 'engine',
    host: 'pg1',
    first: false,
    state: { since: t, ...state } as never,
  })
  const after = (state: Record<string, unknown>) =>
    eventsOf([engine(1000, { container: 'running' }), engine(2000, state)])
  expect(after({ container: 'exited', how: 'killed', exitCode: 137 })).toMatchObject([
    { kind: 'host.crashed', text: 'crash pg1' },
  ])
  expect(after({ container: 'exited', how: 'stopped', exitCode: 0 })).toMatchObject([{ kind: 'host.stopped' }])
  expect(after({ container: 'exited', how: 'died', exitCode: 1 })).toMatchObject([
    { kind: 'host.crashed', text: 'pg1 ended by itself, exit code 1' },
  ])
  expect(after({ container: 'missing' })).toMatchObject([{ kind: 'host.crashed' }])
  expect(after({ container: 'running', since: 1500 })).toEqual([])
})
