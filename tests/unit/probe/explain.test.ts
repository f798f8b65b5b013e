import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createConclusions } from '../../../src-main/cluster/conclude/index.js'
import type { Fact } from '../../../src-main/cluster/facts.js'
import type { LabInfo } from '../../../src-main/contract/lab.js'
import type { ExplainedOutage, Outage, ProbeStats } from '../../../src-main/contract/probe.js'
import type { EventKind, LabEvent, LabRecord } from '../../../src-main/contract/record.js'
import { explainOutage } from '../../../src-main/probe/explain/outage.js'
import type { Timing } from '../../../src-main/probe/explain/predict.js'
import { claimOf, reportOf } from '../../../src-main/probe/explain/report.js'
import { at, crashAt, failoverRecords, probeStats, writesAgainAt } from '../../support/recorded-failover.js'

const timing: Timing = { ttl: 20, loopWait: 2, retryTimeout: 8, proxied: true }
const host = (name: string) => ({ name, address: '', services: ['etcd', 'patroni'], endpoints: {}, at: [0, 0] })
const info = { hosts: ['pg1', 'pg2', 'witness'].map(host), spec: { promises: {} } } as unknown as LabInfo

/** What the recorder kept of a real failover: see tests/unit/cluster/fixtures. */
function recorded(name: string): LabRecord[] {
  const conclude = createConclusions(info)
  const path = join(import.meta.dirname, '..', 'cluster', 'fixtures', `${name}.jsonl`)
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .flatMap((line) => conclude(JSON.parse(line) as Fact))
}
const timeOf = (records: readonly LabRecord[], kind: EventKind): number =>
  records.find((record) => record.k === 'event' && record.kind === kind)!.t
const outageFrom = (lastAckAt: number, until: number | null, connectedAt?: number): Outage => ({
  from: lastAckAt + 20,
  lastAckAt,
  until,
  seconds: ((until ?? lastAckAt) - lastAckAt) / 1000,
  failed: 60,
  unknown: 3,
  ...(connectedAt === undefined ? {} : { connectedAt }),
})
const phasesOf = ({ phases }: ExplainedOutage): string[] => phases.map(({ phase }) => phase)
const secondsOf = ({ phases }: ExplainedOutage, phase: string): number =>
  phases.find((one) => one.phase === phase)?.seconds ?? 0
const sumOf = ({ phases }: ExplainedOutage): number => phases.reduce((sum, { seconds }) => sum + seconds, 0)
const lease = (t: number, leftMs: number): LabRecord => ({ t, k: 'lease', holder: 'pg1', leftMs, ttlS: 20 })
const event = (t: number, kind: EventKind, extra: Partial<LabEvent> = {}): LabEvent => ({
  t,
  k: 'event',
  kind,
  text: kind,
  data: {},
  source: 'etcd',
  ...extra,
})

describe('recorded in a real lab', () => {
  test('a crash: most of it is the lease, then the standby asks the dead leader before it takes the key', () => {
    const records = recorded('crash')
    const crashed = timeOf(records, 'host.crashed')
    const promoted = timeOf(records, 'promoted')
    const said = explainOutage(outageFrom(crashed - 12, promoted + 400, promoted + 300), records, timing, 0)
    expect(said).toMatchObject({ how: 'expired', cause: { kind: 'crash', text: 'crash pg1', t: crashed } })
    expect(phasesOf(said)).toEqual(['detection', 'lease', 'election', 'promotion', 'routing', 'write'])
    expect(secondsOf(said, 'detection') + secondsOf(said, 'lease')).toBeCloseTo(18.962, 3)
    expect(secondsOf(said, 'election')).toBeCloseTo(2.101, 3)
    expect(sumOf(said)).toBeCloseTo(said.outage.seconds, 6)
    expect(said.sentence).toBe('outage 22.0 s, of it 19.0 s waiting for the lease (ttl 20)')
    const expected = said.phases[1]!.predicted!
    expect(expected).toMatchObject({ fromS: 17, toS: 21 })
    expect(said.predicted!.fromS).toBeLessThanOrEqual(said.outage.seconds)
    expect(said.predicted!.toS).toBeGreaterThan(said.outage.seconds)
  })

  test('a promotion that was polled is in the middle of its uncertainty, on both of its sides', () => {
    const records = recorded('crash')
    const { t, u } = records.find((one): one is LabEvent => one.k === 'event' && one.kind === 'promoted')!
    const said = explainOutage(outageFrom(timeOf(records, 'host.crashed'), t + 900, t + 800), records, timing, 0)
    const promotion = said.phases.find(({ phase }) => phase === 'promotion')!
    expect(promotion.until).toBe(Math.round(t - u! / 2))
    expect(promotion.uncertainty).toBeCloseTo(u! / 2000, 2)
    expect(said.phases.find(({ phase }) => phase === 'routing')!.uncertainty).toBeCloseTo(u! / 2000 + 0.2, 2)
  })

  test('a freeze: etcd elected a leader meanwhile, which made the lease longer, and the prediction with it', () => {
    const records = recorded('freeze')
    const frozen = timeOf(records, 'host.frozen')
    const promoted = timeOf(records, 'promoted')
    const said = explainOutage(outageFrom(frozen + 5, promoted + 500, promoted + 200), records, timing, 0)
    expect(said).toMatchObject({ how: 'expired', cause: { kind: 'freeze' } })
    const leasePhase = said.phases.find(({ phase }) => phase === 'lease')!
    expect(leasePhase.seconds).toBeGreaterThan(21)
    expect(leasePhase.predicted!.toS).toBeGreaterThan(leasePhase.seconds)
    expect(leasePhase.predicted!.because).toContain('etcd elected a leader meanwhile')
  })

  test('a stop in order: nobody waits for a lease', () => {
    const records = recorded('stop')
    const released = timeOf(records, 'leader.released')
    const promoted = timeOf(records, 'promoted')
    const said = explainOutage(outageFrom(released - 900, promoted + 300, promoted + 100), records, timing, 0)
    expect(said).toMatchObject({ how: 'released', cause: { kind: 'stop', text: 'pg1 stopped' } })
    expect(phasesOf(said)).toEqual(['detection', 'election', 'promotion', 'routing', 'write'])
    expect(secondsOf(said, 'detection')).toBeCloseTo(0.9, 3)
    expect(sumOf(said)).toBeCloseTo(said.outage.seconds, 6)
    expect(said.sentence).toBe('outage 1.9 s, of it 0.9 s until pg1 was down and gave up the leader key')
    expect(said.phases[0]!.predicted).toMatchObject({ fromS: 0, toS: 6 })
  })

  test('a switchover is told from a stop by the request', () => {
    const records = recorded('switchover')
    const released = timeOf(records, 'leader.released')
    const said = explainOutage(outageFrom(released - 700, released + 1_500), records, timing, 0)
    expect(said).toMatchObject({ how: 'released', cause: { kind: 'switchover' } })
    expect(sumOf(said)).toBeCloseTo(2.2, 6)
  })
})

test('a drawn failover: the claim holds the outage, the lease, and what was lost of how many', () => {
  const stats = probeStats(writesAgainAt + 10)
  const { outages, claim } = reportOf(stats, failoverRecords(writesAgainAt + 10), timing)
  expect(outages).toHaveLength(1)
  expect(phasesOf(outages[0]!)).toEqual(['detection', 'lease', 'election', 'promotion', 'write'])
  expect(outages[0]!.cause).toMatchObject({ kind: 'crash', t: at(crashAt) })
  expect(claim).toBe(
    `outage 21.9 s, of it 20.4 s waiting for the lease (ttl 20); ${stats.acknowledged.toLocaleString('en-US')} acknowledged writes, not looked for yet; 3 unknown.`,
  )
})

describe('the lease', () => {
  const crashAtMs = 100_000
  const failover = (...more: LabRecord[]): LabRecord[] => [
    event(crashAtMs, 'host.crashed', { host: 'pg1' }),
    event(crashAtMs + 9_000, 'lease.expired', { host: 'pg1' }),
    event(crashAtMs + 9_500, 'leader.taken', { host: 'pg2' }),
    event(crashAtMs + 10_000, 'promoted', { host: 'pg2' }),
    ...more,
  ]
  const explain = (records: LabRecord[]) =>
    explainOutage(outageFrom(crashAtMs, crashAtMs + 11_000, crashAtMs + 10_500), records, timing, 0)

  test('what was left of it when writes stopped decides, where it was read', () => {
    const said = explain(failover(lease(crashAtMs - 400, 9_400)))
    expect(said.phases[0]!.predicted).toMatchObject({ fromS: 8, toS: 12 })
    expect(said.phases[0]!.predicted!.because).toContain('9.0 s of the lease were left')
  })

  test('what the standby took to notice has passed when its phase begins', () => {
    const noticed = event(crashAtMs + 2_000, 'replica.stopped', { host: 'pg2' })
    const said = explain(failover(noticed, lease(crashAtMs - 400, 9_400)))
    expect(said.phases.slice(0, 2)).toMatchObject([
      { phase: 'detection', seconds: 2 },
      { phase: 'lease', seconds: 7, predicted: { fromS: 6, toS: 10 } },
    ])
    expect(said.predicted!.fromS).toBe(8)
  })

  test('its ttl is the one of that time, not of today', () => {
    const said = explainOutage(
      outageFrom(crashAtMs, crashAtMs + 11_000),
      failover({ t: crashAtMs - 60_000, k: 'lease', holder: 'pg1', leftMs: 30_000, ttlS: 30 }),
      timing,
      0,
    )
    expect(said.sentence).toContain('(ttl 30)')
    expect(said.phases[0]!.predicted).toMatchObject({ fromS: 27, toS: 31 })
  })

  test('a leader that is cut off gives up by itself: its fault may lie long before the last acknowledgement', () => {
    const cut = event(crashAtMs - 8_500, 'fault.applied', {
      host: 'pg1',
      text: 'partition pg1',
      data: { fault: 'partition' },
      source: 'app',
    })
    const [, ...rest] = failover()
    const said = explain([cut, ...rest])
    expect(said.cause).toEqual({ kind: 'partition', t: crashAtMs - 8_500, text: 'partition pg1' })
    expect(said.phases[0]!.predicted!.because).toContain('retry_timeout (8)')
  })
})

test('a phase that the record does not show makes the one after it uncertain by its whole length', () => {
  const records = [
    event(1_000, 'host.crashed', { host: 'pg1' }),
    event(20_000, 'lease.expired', { host: 'pg1' }),
    event(22_000, 'leader.taken', { host: 'pg2' }),
  ]
  const said = explainOutage(outageFrom(1_000, 25_000, 24_900), records, timing, 0)
  expect(phasesOf(said)).toEqual(['lease', 'election', 'routing', 'write'])
  expect(said.phases[2]).toMatchObject({ seconds: 2.9, uncertainty: 2.9 })
  expect(said.phases[1]!.uncertainty).toBe(0)
})

test('an outage without a change of leader: until it was mended, then the client', () => {
  const records = [
    event(900, 'host.frozen', { host: 'pg1', text: 'freeze pg1' }),
    event(6_000, 'host.thawed', { host: 'pg1', text: 'pg1 thaws' }),
  ]
  const said = explainOutage(outageFrom(1_000, 6_200), records, timing, 0)
  expect(said).toMatchObject({ how: 'same-leader', cause: { kind: 'freeze', t: 900 } })
  expect(said).not.toHaveProperty('predicted')
  expect(said.phases.map(({ phase, seconds }) => [phase, seconds])).toEqual([
    ['detection', 5],
    ['write', 0.2],
  ])
  expect(said.sentence).toBe('outage 5.2 s, of it 5.0 s until pg1 thaws')
})

test('nothing in the record: one phase, no invented cause', () => {
  const said = explainOutage(outageFrom(1_000, 3_000), [], timing, 0)
  expect(said).toMatchObject({ how: 'same-leader', cause: { kind: 'unknown' } })
  expect(said.phases).toMatchObject([{ phase: 'write', seconds: 2 }])
})

test('an outage that lasts is explained so far', () => {
  const records = [event(1_000, 'host.crashed', { host: 'pg1' }), event(20_000, 'lease.expired', { host: 'pg1' })]
  const said = explainOutage(outageFrom(1_000, null), records, timing, 21_500)
  expect(said.phases.map(({ phase, seconds }) => [phase, seconds])).toEqual([
    ['lease', 19],
    ['election', 1.5],
  ])
  expect(said.sentence).toBe('outage 20.5 s so far, of it 19.0 s waiting for the lease (ttl 20)')
})

describe('the claim', () => {
  const stats = { ...probeStats(writesAgainAt + 10), acknowledged: 1204, unknown: 3 }
  const none = { recovery: null, timeline: null, absent: null, onlyHere: null, ackedOnlyHere: null }
  const verified = (lost: number, kept: number): ProbeStats => ({
    ...stats,
    verification: {
      at: 0,
      host: 'pg2',
      acknowledged: 1204,
      lost,
      unknownFound: 0,
      examples: [],
      hosts: [
        { host: 'pg1', recovery: false, timeline: 1, absent: 0, onlyHere: kept, ackedOnlyHere: kept },
        { host: 'pg3', ...none, why: 'connection refused' },
      ],
    },
  })
  test('without an outage', () => {
    expect(claimOf(verified(0, 0), [])).toBe('no outage; 0 of 1,204 acknowledged writes lost; 3 unknown.')
  })
  test('lost writes that an old primary still has are told apart', () => {
    expect(claimOf(verified(12, 12), [])).toBe(
      'no outage; 12 of 1,204 acknowledged writes lost, 12 of them only on pg1; 3 unknown.',
    )
  })
})
