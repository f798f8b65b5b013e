import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ClusterState } from '../../src-main/contract/cluster.js'
import type { EventKind, LabEvent } from '../../src-main/contract/record.js'
import { openSession, type LabSession } from '../../src-main/api/session.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { startLab, type TestLab } from '../support/lab.js'
import { restartPostgres } from '../support/patronictl.js'
import { shown } from '../support/watched-lab.js'

let lab: TestLab
let session: LabSession
const { signal } = new AbortController()

beforeAll(async () => {
  lab = await startLab('pair-witness')
  session = await openSession(lab.handle, { records: true })
  await whole()
}, 300_000)
afterAll(async () => {
  await session?.close()
  await lab?.[Symbol.asyncDispose]()
}, 90_000)

const events = (since: number): LabEvent[] =>
  session.recorder.all().flatMap((record) => (record.k === 'event' && record.t >= since ? [record] : []))
const until = (what: string, holds: (state: ClusterState) => boolean, withinMs: number): Promise<ClusterState> =>
  waitFor(() => session.state(), holds, { what, withinMs, everyMs: 100, signal, describe: shown })
const whole = (withinMs = 90_000): Promise<ClusterState> =>
  until(
    'a leader and a synchronous standby that streams',
    ({ leader, hosts }) =>
      hosts.some(({ name, role }) => name === leader && role === 'leader') &&
      hosts.some(({ role, postgres }) => role === 'sync' && postgres?.value?.walReceiver?.status === 'streaming'),
    withinMs,
  )
const told = async (kind: EventKind, since: number, more: Record<string, unknown>, withinMs = 30_000) => {
  const isIt = ({ data, host, kind: is }: LabEvent): boolean =>
    is === kind && Object.entries(more).every(([key, value]) => (key === 'host' ? host : data[key]) === value)
  const found = await waitFor(
    () => events(since).find(isIt),
    (one) => one !== undefined,
    {
      what: `the event ${kind} ${JSON.stringify(more)}`,
      withinMs,
      everyMs: 100,
      signal,
      describe: () =>
        events(since)
          .map(({ kind: each, host, text }) => `${each} ${host ?? ''}: ${text}`)
          .join('; '),
    },
  )
  return found!
}
const run = async (host: string, ...argv: string[]): Promise<string> => {
  const { code, stdout, stderr } = await lab.handle.exec(host, argv, { timeoutMs: 20_000 })
  expect(code, `${argv.join(' ')}: ${stdout}${stderr}`).toBe(0)
  return stdout
}
const psql = (host: string, sql: string): Promise<string> => run(host, 'psql', '-Atqc', sql)

test(
  'a lab without faults breaks nothing; clocks are compared and positions are told',
  { timeout: 90_000 },
  async () => {
    const since = Date.now()
    const gauges = () => session.recorder.all().filter((record) => record.k === 'gauge' && record.t >= since)
    await waitFor(gauges, (found) => found.some(({ t }) => t - since > 20_000), {
      what: '20 s of positions',
      withinMs: 60_000,
      signal,
      describe: (found) => `${found.length} records`,
    })
    expect(gauges().at(-1)).toMatchObject({ hosts: { pg1: { lagBytes: 0 }, pg2: { walBytes: expect.any(Number) } } })
    const { violations, clocks } = session.state()
    expect(violations).toEqual([])
    expect(events(0).filter(({ kind }) => /^(invariant|clock|unexplained)/.test(kind))).toEqual([])
    // one kernel, one clock: the difference is within what was measured
    for (const name of ['engine', 'pg1', 'pg2']) {
      expect(Math.abs(clocks![name]!.offsetMs), name).toBeLessThanOrEqual(clocks![name]!.u + 250)
    }
  },
)

test('a slot appears and goes', { timeout: 60_000 }, async () => {
  const since = Date.now()
  // a logical one needs a setting; Patroni drops physical ones that it does not know within its cycle
  await psql('pg1', "select pg_create_physical_replication_slot('orphan', true)")
  await waitFor(
    () => events(since),
    (all) => all.some(({ kind }) => kind === 'slot.created'),
    {
      what: 'the slot to be told',
      withinMs: 20_000,
      everyMs: 100,
      signal,
      describe: (all) => all.map(({ kind }) => kind).join(', '),
    },
  )
  await psql('pg1', "select pg_drop_replication_slot('orphan') from pg_replication_slots where slot_name = 'orphan'")
  const created = await told('slot.created', since, { name: 'orphan', host: 'pg1' })
  const dropped = await told('slot.dropped', since, { name: 'orphan', host: 'pg1' })
  expect(created.data).toMatchObject({ type: 'physical', active: false })
  expect(dropped.t).toBeGreaterThan(created.t)
})

test('restarts inside a host that goes on are told as restarts', { timeout: 120_000 }, async () => {
  const since = Date.now()
  await restartPostgres(lab.handle, 'pg1')
  const restart = await told('service.restarted', since, { service: 'postgres', host: 'pg1' })
  expect(restart.u).toBeLessThan(2_000)
  await whole()
  const again = Date.now()
  const sv = await lab.handle.exec('pg2', ['sv', 'kill', 'patroni'], { user: 'root' })
  expect(sv.code, sv.stdout + sv.stderr).toBe(0)
  await told('service.restarted', again, { service: 'patroni', host: 'pg2' })
  expect(events(since).filter(({ kind }) => kind.startsWith('host.'))).toEqual([])
  await whole()
})

test('a crash that no fault explains is told, and one from the ledger is not', { timeout: 180_000 }, async () => {
  const since = Date.now() - 1_000 // the engine's time stamps have an uncertainty
  await lab.handle.power.kill('witness')
  await told('unexplained', since, { kind: 'host.crashed', host: 'witness' })
  await lab.handle.power.start('witness')
  await told('etcd.back', since, { host: 'witness' })

  const again = Date.now()
  const fault = await session.faults.inject({ kind: 'crash', target: 'witness', options: {}, by: 'proof' })
  await told('etcd.lost', again, { host: 'witness' })
  await session.faults.heal(fault.id)
  await told('etcd.back', again, { host: 'witness' })
  expect(events(again).filter(({ kind }) => kind === 'unexplained')).toEqual([])
})

test('after an outage the writes are verified by themselves', { timeout: 180_000 }, async () => {
  await whole()
  await session.probe.start()
  await until('the probe to write', ({ probe }) => (probe?.acknowledged ?? 0) > 50, 30_000)
  const since = Date.now()
  const data = (await psql('pg1', 'show data_directory')).trim()
  await run('pg1', 'bash', '-c', `kill -9 $(head -1 ${data}/postmaster.pid)`)
  const verified = await told('writes.verified', since, {}, 90_000)
  expect(verified.data).toMatchObject({ lost: 0, promised: true })
  await session.probe.stop()
  expect(session.state().violations).toEqual([])
  await whole()
})

// the last one: pg2 has a history of its own afterwards
test('a standby promoted behind Patroni: two primaries, with the interval', { timeout: 180_000 }, async () => {
  const { leader, hosts } = await whole()
  const other = hosts.find(({ role }) => role === 'sync')!.name
  const names = [leader!, other].toSorted()
  const since = Date.now()
  await run(other, 'pg_ctl', 'promote', '-D', (await psql(other, 'show data_directory')).trim())
  const violated = await told('invariant.violated', since, { invariant: 'writablePrimaries' }, 60_000)
  expect(violated.data).toMatchObject({ hosts: names })
  const restored = await told('invariant.restored', since, { invariant: 'writablePrimaries' }, 120_000)
  const { from, to, fromU, toU } = restored.data as Record<string, number>
  expect(from).toBe(violated.t)
  expect(to).toBeGreaterThanOrEqual(from!)
  expect(from! - fromU!).toBeGreaterThan(since - 1_000)
  expect(fromU! + toU!).toBeLessThan(60_000)
  expect(session.state().violations).toContainEqual(
    expect.objectContaining({ invariant: 'writablePrimaries', hosts: names, from, to }),
  )
})
