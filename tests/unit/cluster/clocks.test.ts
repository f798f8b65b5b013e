import { expect, test } from 'vitest'
import type { PostgresReading } from '../../../src-main/contract/cluster.js'
import type { LabInfo } from '../../../src-main/contract/lab.js'
import type { LabEvent, LabRecord } from '../../../src-main/contract/record.js'
import { createClocks } from '../../../src-main/cluster/clocks.js'
import { createConclusions } from '../../../src-main/cluster/conclude/index.js'
import type { Fact } from '../../../src-main/cluster/facts.js'

const host = (name: string) => ({ name, address: '', services: ['etcd', 'patroni'], endpoints: {}, at: [0, 0] })
const info = {
  hosts: [host('pg1'), host('pg2')],
  spec: { promises: { writablePrimaries: { atMost: 1 } } },
} as unknown as LabInfo

const reading = (more: Partial<PostgresReading> = {}): PostgresReading => ({
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
/** An answer of a host whose clock is off by `skew`. */
const asked = (t: number, name: string, skew: number, half: number, more: Partial<PostgresReading> = {}): Fact => ({
  t,
  half,
  u: 1_000,
  source: 'sql',
  host: name,
  reading: reading({ clock: t + skew, inRecovery: name !== 'pg1', readOnly: name !== 'pg1', ...more }),
})
const engine = (t: number, skew = 0): Fact => ({ t, half: 3, source: 'clock', clock: 'engine', said: t + skew })
const concluded = (facts: readonly Fact[]): LabRecord[] => facts.flatMap(createConclusions(info))
const eventsOf = (facts: readonly Fact[]): LabEvent[] =>
  concluded(facts).filter((record): record is LabEvent => record.k === 'event')

test('the smallest recent round trip says where a clock is', () => {
  const clocks = createClocks()
  for (const fact of [asked(1_000, 'pg1', 1_040, 60), asked(2_000, 'pg1', 1_001, 2), asked(3_000, 'pg1', 980, 40)])
    clocks.take(fact)
  expect(clocks.view()['pg1']).toEqual({ offsetMs: 1_001, u: 3, at: 2_000 })
  expect(clocks.toApp('pg1', 5_001)).toEqual({ t: 4_000, u: 3 })
  // a minute later that one is old
  clocks.take(asked(63_000, 'pg1', 1_010, 20))
  expect(clocks.view()['pg1']).toEqual({ offsetMs: 1_010, u: 21, at: 63_000 })
})

test('a clock that was set is believed at once, and not averaged with what it was', () => {
  const clocks = createClocks()
  clocks.take(asked(1_000, 'pg1', 0, 2))
  clocks.take(asked(2_000, 'pg1', 7_200_000, 30))
  expect(clocks.view()['pg1']).toMatchObject({ offsetMs: 7_200_000, u: 31 })
})

test('a host without a clock of its own has the engine’s, and nothing is guessed', () => {
  const clocks = createClocks()
  expect(clocks.toApp('backup', 5_000)).toBeNull()
  clocks.take(engine(1_000, 250))
  expect(clocks.toApp('backup', 5_250)).toEqual({ t: 5_000, u: 4 })
  // after a jump of this machine's clock, what was measured before is void
  clocks.take({ t: 2_000, source: 'jump', byMs: 60_000, axisMs: 60_000 })
  expect(clocks.toApp('backup', 5_250)).toBeNull()
})

test('a slow answer bends no time stamp of a clock that may well be right', () => {
  const clocks = createClocks()
  clocks.take({ ...engine(1_000, 125), half: 185 } as Fact)
  expect(clocks.toApp('engine', 5_000)).toEqual({ t: 5_000, u: 311 })
})

test('a skewed host is an event with its offset, once, and so is its return', () => {
  const events = eventsOf([
    engine(1_000),
    asked(2_000, 'pg1', 1, 2),
    asked(3_000, 'pg1', 90_000, 4),
    asked(4_000, 'pg1', 90_001, 2),
    asked(5_000, 'pg1', -1, 2),
    asked(6_000, 'pg1', 0, 2),
  ])
  expect(events).toMatchObject([
    { kind: 'clock.skewed', host: 'pg1', t: 3_000, text: 'clock of pg1 is 90.0 s ahead', u: 9 },
    { kind: 'clock.right', host: 'pg1', t: 5_000 },
  ])
  expect(events[0]!.data).toEqual({ offsetMs: 90_000, u: 9, against: 'engine' })
})

test('an answer that took long proves no skew that its round trip could explain', () => {
  expect(eventsOf([engine(1_000), asked(2_000, 'pg1', 600, 400)])).toEqual([])
})

test('an engine in a machine of its own is one skewed clock, and its hosts are not', () => {
  const events = eventsOf([engine(1_000, -2_300), asked(2_000, 'pg1', -2_300, 2), asked(2_100, 'pg2', -2_301, 2)])
  expect(events).toMatchObject([{ kind: 'clock.skewed', text: 'clock of the engine is 2.3 s behind' }])
  expect(events[0]!.host).toBeUndefined()
})

test('a foreign time stamp is recorded where it lies on the app’s clock, with its uncertainty', () => {
  const events = eventsOf([
    asked(10_000, 'pg1', 60_000, 2, { startedAt: 61_000 }),
    asked(12_000, 'pg1', 60_000, 3, { startedAt: 71_500 }),
  ])
  // the postmaster began at 71.5 s of its own clock
  expect(events.find(({ kind }) => kind === 'service.restarted')).toMatchObject({ t: 11_500, u: 3, host: 'pg1' })
})

test('this machine’s clock jumps: one event, no skewed host, no event that did not happen, no negative duration', () => {
  const hour = 3_600_000
  const before = [engine(1_000), asked(2_000, 'pg1', 0, 2), asked(2_100, 'pg2', 0, 2)]
  const etcd = (t: number): Fact => ({ t, source: 'etcd', quorum: true, members: [] })
  const forward = eventsOf([
    ...before,
    etcd(2_200),
    { t: 3_000 + hour, source: 'jump', byMs: hour, axisMs: hour },
    asked(3_100 + hour, 'pg1', 0, 2),
    etcd(3_200 + hour),
    asked(3_300 + hour, 'pg2', 0, 2),
  ])
  expect(forward).toMatchObject([
    { kind: 'clock.jumped', data: { byMs: hour }, text: expect.stringContaining('3600.0 s forward') },
  ])

  // set back: the app's clock goes on, so the engine and its hosts are an hour behind it, and nobody is skewed
  const back = eventsOf([
    ...before,
    { t: 3_000, source: 'jump', byMs: -hour, axisMs: 0 },
    asked(3_100, 'pg1', -hour, 2),
    engine(3_150, -hour),
    asked(3_200, 'pg2', -hour, 2),
    asked(4_100, 'pg1', -hour, 2),
  ])
  expect(back.map(({ kind }) => kind)).toEqual(['clock.jumped'])
  for (const { t, u = 0 } of [...forward, ...back]) expect(t - u).toBeGreaterThan(0)
})

test('a clock record once a minute, and when a clock moved', () => {
  const facts: Fact[] = [engine(0)]
  for (let t = 1_000; t <= 130_000; t += 1_000) facts.push(asked(t, 'pg1', t > 100_000 ? 5_000 : 0, 2))
  const clocks = concluded(facts).filter((record) => record.k === 'clock')
  expect(clocks.map(({ t }) => t)).toEqual([0, 1_000, 61_000, 101_000])
  expect(clocks.at(-1)).toMatchObject({ clocks: { pg1: { offsetMs: 5_000, u: 3 } } })
})
