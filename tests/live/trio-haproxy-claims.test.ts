import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ClusterState } from '../../src-main/contract/cluster.js'
import { query } from '../../src-main/cluster/postgres.js'
import { hostsWith } from '../../src-main/lab/plan.js'
import { askAsClient } from '../support/lab-sql.js'
import { patronictl, restartPostgres } from '../support/patronictl.js'
import { hostOf, watchedLab, type WatchedLab } from '../support/watched-lab.js'

let lab: WatchedLab
beforeAll(async () => void (lab = await watchedLab('trio-haproxy')), 300_000)
afterAll(() => lab[Symbol.asyncDispose](), 60_000)

/** Every data host leads or streams, and as many as that are synchronous; resolves to who leads. */
async function whole(synchronous = 0): Promise<string> {
  const holds = ({ leader, hosts, dcs }: ClusterState): boolean => {
    const rows = hosts.find(({ name }) => name === leader)?.postgres
    const streaming = rows?.value?.replication.filter(({ state }) => state === 'streaming') ?? []
    const sync = streaming.filter(({ syncState }) => syncState === 'sync')
    if (rows?.stale || streaming.length < 2 || sync.length !== synchronous) return false
    return (dcs.value?.sync.standbys.length ?? 0) === synchronous
  }
  const { leader } = await lab.until(`two standbys, ${synchronous} of them synchronous`, holds, 90_000)
  return leader!
}
/** The longest time without an acknowledged write that `disturb` costs, in seconds. */
async function outageOf(what: string, disturb: () => Promise<unknown>): Promise<number> {
  await lab.probe.start()
  await pause(1_000)
  const since = Date.now()
  await disturb()
  await pause(3_000)
  await lab.until(
    'the outage to be over',
    () => lab.probe.since(since).outages.every(({ until }) => until !== null),
    60_000,
  )
  await lab.probe.stop()
  const { outages, failed, unknown } = lab.probe.since(since)
  const longest = Math.max(0, ...outages.map(({ seconds }) => seconds))
  console.log(`${what}: no writes for ${longest} s at the longest; ${failed} failed, ${unknown} unknown`)
  return longest
}

test('synchronous mode is switched on, and off, while it runs', { timeout: 120_000 }, async () => {
  const leader = await whole(0)
  await patronictl(lab.handle, 'backup', 'edit-config', '--set', 'synchronous_mode=true', '--force')
  expect(await whole(1)).toBe(leader)
  await patronictl(lab.handle, 'backup', 'edit-config', '--set', 'synchronous_mode=false', '--force')
  expect(await whole(0)).toBe(leader)
})

test('writes go on within 10 s where Patroni can release its lease', { timeout: 180_000 }, async () => {
  const leader = await whole()
  const killed = await outageOf('postgres killed', () =>
    lab.handle.exec(leader, ['bash', '-c', 'kill -9 $(head -1 "$PGDATA/postmaster.pid")']),
  )
  expect(killed).toBeGreaterThan(0)
  expect(killed).toBeLessThan(10)
  const second = await whole()
  const stopped = await outageOf('host stopped', () => lab.handle.power.stop(second, 60))
  expect(stopped).toBeGreaterThan(0)
  expect(stopped).toBeLessThan(10)
  await lab.handle.power.start(second)
  expect(await whole()).not.toBe(second)
})

/**
 * A client as applications should be: it repeats a write, under the same key, until somebody acknowledges it. To it a write
 * has failed when that takes longer than its patience.
 */
async function patientClient(signal: AbortSignal): Promise<{ written: number; repeated: number; longestMs: number }> {
  const { username, password, database } = (await lab.handle.credentials()).app
  const login = { username, password, database }
  const said = { written: 0, repeated: 0, longestMs: 0 }
  while (!signal.aborted) {
    const since = performance.now()
    const text = `insert into patient (id) values (${said.written}) on conflict do nothing`
    for (let tries = 0; ; tries++) {
      const done = await query(lab.info.client.readWrite, login, text, { timeoutMs: 2_000 }).then(
        () => true,
        () => false,
      )
      if (done) break
      said.repeated++
      await pause(50)
    }
    said.written++
    said.longestMs = Math.max(said.longestMs, Math.round(performance.now() - since))
    await pause(20)
  }
  return said
}

test('a rolling restart fails no write of a client that repeats it', { timeout: 240_000 }, async () => {
  await askAsClient(lab.handle, 'create table patient (id int primary key)')
  const first = await whole()
  const started = Object.fromEntries(await startTimes())
  const over = new AbortController()
  const client = patientClient(over.signal)
  const restart = async (host: string): Promise<void> => {
    await restartPostgres(lab.handle, host)
    // what is shown may be from before it
    await lab.until(
      `${host} to have been restarted`,
      (state) => (hostOf(state, host).postgres?.value?.startedAt ?? 0) > started[host]!,
      60_000,
    )
    await whole()
  }
  // those who do not lead, one after another; the old leader last
  for (const host of hostsWith(lab.info.spec, 'patroni').filter((name) => name !== first)) await restart(host)
  await patronictl(lab.handle, 'backup', 'switchover', '--leader', first, '--force')
  await lab.until('another leader', ({ leader }) => leader !== null && leader !== first, 60_000)
  await restart(first)
  await pause(1_000)
  over.abort()
  const { written, repeated, longestMs } = await client
  console.log(`rolling restart: ${written} writes, ${repeated} repeated, the longest took ${longestMs} ms`)
  expect(written).toBeGreaterThan(50)
  expect(longestMs).toBeLessThan(5_000)
  expect(await askAsClient(lab.handle, 'select count(*)::int as n from patient')).toEqual([{ n: written }])
  for (const [host, at] of await startTimes()) expect(at, `${host} was restarted`).toBeGreaterThan(started[host]!)
})

const startTimes = async (): Promise<[string, number][]> => {
  const { hosts } = await lab.until(
    'every PostgreSQL to answer',
    (state) => state.hosts.every(({ postgres }) => !postgres?.stale),
    60_000,
  )
  return hosts.flatMap(({ name, postgres }) => (postgres?.value ? [[name, postgres.value.startedAt]] : []))
}
