import { setTimeout as pause } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { watchUnexplained } from '../../../src-main/api/unexplained.js'
import { verifyAfterOutages } from '../../../src-main/api/verify-writes.js'
import { keepViolations } from '../../../src-main/api/violations.js'
import type { ClusterState } from '../../../src-main/contract/cluster.js'
import type { FaultRecord } from '../../../src-main/contract/fault.js'
import type { LabInfo } from '../../../src-main/contract/lab.js'
import type { ProbeStats } from '../../../src-main/contract/probe.js'
import type { EventKind, LabEvent, LabRecord } from '../../../src-main/contract/record.js'

const event = (t: number, kind: EventKind, more: Partial<LabEvent> = {}): LabEvent => ({
  t,
  k: 'event',
  kind,
  text: kind,
  data: {},
  source: 'engine',
  ...more,
})

test('violations are kept from the records, with their end once it is known', () => {
  const data = { invariant: 'writablePrimaries', hosts: ['pg1', 'pg2'], from: 10, fromU: 1, to: null, toU: 0 }
  const kept = keepViolations([event(10, 'invariant.violated', { data }), event(11, 'host.crashed')])
  expect(kept.list()).toMatchObject([{ from: 10, to: null }])
  kept.take(event(20, 'invariant.restored', { data: { ...data, to: 20, toU: 2 } }))
  expect(kept.list()).toMatchObject([{ invariant: 'writablePrimaries', from: 10, to: 20, toU: 2 }])
  // of a version that told less
  kept.take(event(30, 'invariant.violated', { data: { invariant: 'writablePrimaries', hosts: ['pg1'] } }))
  expect(kept.list()).toHaveLength(1)
})

interface Ledger {
  lost: number
  synchronous: boolean
  /** How often nobody can be asked before somebody can. */
  refusals?: number
}

/** A probe whose ledger is a value; outages come from outside. */
function probed(
  { lost, synchronous, refusals = 0 }: Ledger,
  promises: object = { lostAcknowledgedWrites: { atMost: 0 } },
) {
  const now = { lost, synchronous, refusals }
  const told: LabEvent[] = []
  const ending = new AbortController()
  let hear: (record: LabRecord) => void = () => undefined
  verifyAfterOutages({
    info: { lab: 'fake', spec: { promises } } as unknown as LabInfo,
    probe: {
      onRecord(listener) {
        hear = listener
        return () => undefined
      },
      verify: () =>
        now.refusals-- > 0 ? Promise.reject(new Error('nobody there')) : Promise.resolve({} as unknown as ProbeStats),
      verification: () => {
        const examples = now.lost > 0 ? [{ run: 1, id: 7 }] : []
        return { at: 1, host: 'pg2', acknowledged: 100, lost: now.lost, unknownFound: 0, examples, hosts: [] }
      },
    },
    state: () => ({ dcs: { value: { config: { synchronous_mode: now.synchronous } } } }) as unknown as ClusterState,
    append: (record) => void (record.k === 'event' && told.push(record)),
    signal: ending.signal,
    retryMs: 1,
  })
  return {
    now,
    told,
    kinds: () => told.map(({ kind }) => kind),
    async outage() {
      const before = told.length
      hear(event(1_000, 'outage.began'))
      hear(event(5_000, 'outage.ended', { data: { from: 1_000, lastAckAt: 990, until: 5_000 } }))
      await vi.waitFor(() => expect(told.length).toBeGreaterThan(before))
      await pause(0) // what is told beside it comes at once
    },
  }
}

test('after an outage the ledger is verified by itself; nothing lost breaks nothing', async () => {
  const probe = probed({ lost: 0, synchronous: true, refusals: 3 })
  await probe.outage()
  expect(probe.kinds()).toEqual(['writes.verified'])
  expect(probe.told[0]!.data).toMatchObject({ lost: 0, promised: true, host: 'pg2' })
})

test('a lost acknowledged write breaks the promise of synchronous mode, with its ids, and is told once', async () => {
  const probe = probed({ lost: 2, synchronous: true })
  await probe.outage()
  await probe.outage()
  expect(probe.kinds()).toEqual(['writes.verified', 'invariant.violated', 'writes.verified'])
  expect(probe.told[1]!.data).toMatchObject({
    invariant: 'lostAcknowledgedWrites',
    hosts: ['pg2'],
    from: 990,
    ids: [{ run: 1, id: 7 }],
  })
  probe.now.lost = 3
  await probe.outage()
  expect(probe.kinds().filter((kind) => kind === 'invariant.violated')).toHaveLength(2)
})

test('in asynchronous mode, and where nothing is promised, a loss is counted and breaks no invariant', async () => {
  for (const probe of [probed({ lost: 2, synchronous: false }), probed({ lost: 2, synchronous: true }, {})]) {
    await probe.outage()
    expect(probe.kinds()).toEqual(['writes.verified'])
    expect(probe.told[0]!.data).toMatchObject({ lost: 2, promised: false })
  }
})

const fault = (more: Partial<FaultRecord>): FaultRecord => ({
  id: 'f1',
  kind: 'crash',
  target: 'pg1',
  options: {},
  state: 'active',
  appliedAt: 9_900,
  by: 'learner',
  ...more,
})

function unexplained(faults: readonly FaultRecord[]) {
  const told: LabEvent[] = []
  const watch = watchUnexplained({
    hosts: 2,
    faults: () => faults,
    append: (record) => void (record.k === 'event' && told.push(record)),
  })
  return {
    after(...events: LabEvent[]): string[] {
      vi.useFakeTimers()
      for (const one of events) watch.take(one)
      vi.advanceTimersByTime(10_000)
      vi.useRealTimers()
      return told.map(({ host, data }) => `${host} ${String(data['kind'])}`)
    },
  }
}
const crashed = (host: string, t = 10_000) => event(t, 'host.crashed', { host, data: { how: 'killed' } })
const lost = (host: string, t = 10_000) => event(t, 'etcd.lost', { host, source: 'etcd' })

test('a host that goes down without a fault is told; the ledger explains its own', () => {
  expect(unexplained([]).after(crashed('pg1'))).toEqual(['pg1 host.crashed'])
  expect(unexplained([fault({})]).after(crashed('pg1'))).toEqual([])
  expect(unexplained([fault({ target: 'pg2' })]).after(crashed('pg1'))).toEqual(['pg1 host.crashed'])
  const old = fault({ state: 'healed', appliedAt: -60_000, healedAt: -50_000 })
  expect(unexplained([old]).after(crashed('pg1'))).toEqual(['pg1 host.crashed'])
})

test('a cut explains what it reaches, a crash the member of etcd on its host', () => {
  const cuts = [{ from: 'pg2', to: 'pg1', services: [] }]
  expect(unexplained([fault({ target: 'pg2', cuts })]).after(lost('pg1'))).toEqual([])
  expect(unexplained([]).after(crashed('pg1'), lost('pg1', 10_200))).toEqual(['pg1 host.crashed'])
  expect(unexplained([]).after(lost('pg1'))).toEqual(['pg1 etcd.lost'])
})

test('a lab that is removed, and one that is frozen whole, need no explanation', () => {
  expect(unexplained([]).after(event(10_000, 'host.crashed', { host: 'pg1' }))).toEqual([])
  const frozen = (host: string) => event(10_000, 'host.frozen', { host })
  expect(unexplained([]).after(frozen('pg1'), frozen('pg2'))).toEqual([])
})
