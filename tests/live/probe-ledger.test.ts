import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reportOf, timingOf } from '../../src-main/probe/explain/report.js'
import { openLedger } from '../../src-main/probe/ledger.js'
import { createProbe, type Probe } from '../../src-main/probe/probe.js'
import { tidyWrites } from '../../src-main/probe/verify.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { ask, askAsClient } from '../support/lab-sql.js'
import { watchedLab, type WatchedLab } from '../support/watched-lab.js'

let lab: WatchedLab
beforeAll(async () => void (lab = await watchedLab()), 300_000)
afterAll(() => lab[Symbol.asyncDispose](), 60_000)

const writes = (atLeast: number, probe: Probe = lab.probe) =>
  waitFor(
    () => probe.stats(),
    ({ acknowledged }) => acknowledged >= atLeast,
    {
      what: `${atLeast} acknowledged writes`,
      withinMs: 60_000,
      signal: new AbortController().signal,
      describe: ({ acknowledged, lastError }) => `${acknowledged}, last error: ${lastError ?? 'none'}`,
    },
  )

test(
  'the probe writes by the client’s route, and its ledger agrees with the primary',
  { timeout: 120_000 },
  async () => {
    await lab.whole()
    await lab.probe.start(40)
    await writes(100)
    const stats = await lab.probe.verify()
    expect(stats).toMatchObject({ lost: 0, running: true })
    expect(lab.probe.verification()).toMatchObject({ host: 'pg1', examples: [] })
    const ticks = lab.recorder.all().flatMap((record) => (record.k === 'ticks' ? record.acked : []))
    expect(ticks.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(80)
    const waits = lab.recorder.all().flatMap((record) => (record.k === 'ticks' ? (record.slowestMs ?? []) : []))
    expect(waits.filter((ms) => ms !== null && ms > 0).length).toBeGreaterThan(5)
  },
)

test('a reader on the read-only route is answered, and knows how old the answer is', { timeout: 120_000 }, async () => {
  const reader = createProbe({
    info: lab.info,
    credentials: await lab.handle.credentials(),
    dir: lab.handle.dir,
    route: 'read',
    writer: () => lab.probe.progress(),
  })
  await reader.start(20)
  try {
    await writes(40, reader)
    const { answerAge, lost } = reader.stats()
    expect(answerAge!.worstMs).toBeGreaterThanOrEqual(0)
    expect(lost).toBeNull()
    await expect(reader.verify()).rejects.toMatchObject({ code: 'usage' })
  } finally {
    await reader.stop()
  }
})

test(
  'a crash: measured from acknowledgement to acknowledgement, split into phases that add up, and nothing lost',
  { timeout: 300_000 },
  async () => {
    const old = (await lab.whole()).leader!
    const since = Date.now()
    await lab.faults.inject({ kind: 'crash', target: 'leader' })
    const ended = await lab.event('outage.ended', undefined, since, 120_000)
    const began = await lab.event('outage.began', undefined, since - 1_000, 1_000)
    expect(began.t).toBeLessThan(ended.t)
    await lab.event('promoted', undefined, since, 20_000)
    await lab.faults.heal()
    await lab.whole(120_000)
    await lab.probe.stop()
    const stats = await lab.probe.verify()
    const timing = timingOf(lab.info, lab.observer.state())
    const { claim, outages } = reportOf(stats, lab.recorder.all(), timing, { since })
    const longest = outages.toSorted((a, b) => b.outage.seconds - a.outage.seconds)[0]!
    const { until, lastAckAt, seconds, failed, unknown } = longest.outage
    expect(seconds).toBeCloseTo((until! - lastAckAt) / 1000, 1)
    expect(failed + unknown).toBeGreaterThan(10)
    expect(longest).toMatchObject({ how: 'expired', cause: { kind: 'crash', text: `crash ${old}` } })
    expect(longest.phases.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['lease', 'election', 'promotion']))
    expect(longest.phases.reduce((sum, one) => sum + one.seconds, 0)).toBeCloseTo(seconds, 3)
    const counted = stats.acknowledged.toLocaleString('en-US')
    expect(claim).toContain(`${longest.sentence}; 0 of ${counted} acknowledged writes lost; ${stats.unknown} unknown.`)
    expect(claim).toContain('waiting for the lease (ttl 20)')
    expect(stats.verification).toMatchObject({ acknowledged: stats.acknowledged, host: old === 'pg1' ? 'pg2' : 'pg1' })
    expect(stats.verification!.hosts).toMatchObject([
      { host: 'pg1', absent: 0, onlyHere: 0 },
      { host: 'pg2', absent: 0, onlyHere: 0 },
    ])
    await lab.probe.start(40)
    await writes(stats.acknowledged + 20) // totals go on from the ledger
  },
)

test('rows that vanish are counted as lost, one by one, and by a later process too', { timeout: 120_000 }, async () => {
  await lab.probe.stop()
  const { acknowledged } = lab.probe.stats()
  expect(acknowledged).toBeGreaterThan(100)
  const { app } = await lab.handle.credentials()
  const gone = 'delete from dojo.writes where id in (10, 11, 50) and run = (select min(run) from dojo.writes)'
  const remove = ['psql', '-qAt', '-d', app.database, '-c', gone]
  const leader = (await lab.whole()).leader!
  expect((await lab.handle.exec(leader, remove)).code).toBe(0)
  const later = createProbe({ info: lab.info, credentials: await lab.handle.credentials(), dir: lab.handle.dir })
  expect(await later.verify()).toMatchObject({ lost: 3, running: false })
  expect(later.verification()?.examples.map(({ id }) => id)).toEqual([10, 11, 50])
})

test('rows that every host has are removed in the end, and no loss is hidden by it', { timeout: 120_000 }, async () => {
  await lab.whole()
  const credentials = await lab.handle.credentials()
  const input = { info: lab.info, credentials, dir: lab.handle.dir }
  const ledger = await openLedger(input.dir, 'proxy')
  await tidyWrites({ ...input, runs: ledger.runs() }, 10)
  const { acknowledged, unknown } = ledger.totals()
  await ledger.close()
  const [row] = await askAsClient<{ rows: string }>(lab.handle, 'select count(*) as rows from dojo.writes')
  expect(Number(row!.rows)).toBeLessThanOrEqual(10 + unknown)
  const later = createProbe(input)
  const stats = await later.verify()
  expect(stats).toMatchObject({ lost: 3, acknowledged })
  expect(stats.verification!.hosts).toMatchObject([{ absent: 3 }, { absent: 3 }])
  // a history that has neither the rows nor the mark
  await askAsClient(lab.handle, 'delete from dojo.settled')
  expect((await later.verify()).lost).toBeGreaterThan(acknowledged - 20 - unknown)
})

test('with nobody to ask, a verification is an error and never a zero', { timeout: 120_000 }, async () => {
  await lab.faults.inject({ kind: 'crash', target: 'proxy' })
  const before = lab.probe.stats().verifiedAt
  await expect(lab.probe.verify()).rejects.toMatchObject({ code: 'host-down' })
  expect(lab.probe.stats().verifiedAt).toBe(before)
  await lab.faults.heal()
})

const login = async () => {
  const { superuser, app } = await lab.handle.credentials()
  return { user: superuser.username, password: superuser.password, database: app.database }
}
const endpointOf = (host: string) => lab.info.hosts.find(({ name }) => name === host)!.endpoints.postgres!

/** Compared by hand: the ledger's file line by line, and the rows of each host. */
async function byHand(primary: string, old: string) {
  const lines = (await readFile(join(lab.handle.dir, 'probe-direct.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { run: number; acked: [number, number][] })
  const run = lines[0]!.run
  const acked = lines.flatMap((line) =>
    line.acked.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, n) => from + n)),
  )
  const rowsOn = async (host: string): Promise<Set<number>> => {
    const sql = `select id from dojo.writes where run = ${run}`
    return new Set((await ask<{ id: string }>(endpointOf(host), await login(), sql)).map(({ id }) => Number(id)))
  }
  const [there, here] = [await rowsOn(primary), await rowsOn(old)]
  const lost = acked.filter((id) => !there.has(id))
  return { lost: lost.length, onlyOnOld: lost.filter((id) => here.has(id)).length }
}

test(
  'asynchronous, and a leader that is cut off and does not notice: what it acknowledged is lost, and still on it',
  { timeout: 300_000 },
  async () => {
    const old = (await lab.whole(120_000)).leader!
    const other = old === 'pg1' ? 'pg2' : 'pg1'
    const setting = ['patronictl', 'edit-config', '--force', '-s', 'synchronous_mode=false']
    expect((await lab.handle.exec(old, setting)).code).toBe(0)
    await waitFor(
      async () => ask<{ names: string }>(endpointOf(old), await login(), `show synchronous_standby_names`),
      ([row]) => Object.values(row!).join('') === '',
      {
        what: 'commits that wait for nobody',
        withinMs: 60_000,
        signal: new AbortController().signal,
        describe: (rows) => JSON.stringify(rows),
      },
    )
    const credentials = await lab.handle.credentials()
    const direct = createProbe({ info: lab.info, credentials, dir: lab.handle.dir, route: 'direct' })
    await direct.start(40)
    await writes(40, direct)
    const since = Date.now()
    // Patroni would end a primary that is cut off; one that hangs leaves it to write on. [.]: not this command itself
    expect((await lab.handle.exec(old, ['pkill', '-STOP', '-f', 'patroni[.]yml'])).code).toBe(0)
    await lab.faults.inject({ kind: 'partition', target: old })
    await lab.event('promoted', other, since, 120_000)
    await writes(direct.stats().acknowledged + 40, direct)
    await direct.stop()
    const stats = await waitFor(
      () => direct.verify(),
      ({ verification }) => verification?.host === other,
      {
        what: 'the write route to lead to the new leader',
        withinMs: 60_000,
        signal: new AbortController().signal,
        describe: ({ verification }) => `it leads to ${verification?.host}`,
      },
    )
    const hand = await byHand(other, old)
    expect(hand.lost).toBeGreaterThan(40)
    expect(stats).toMatchObject({ lost: hand.lost, verification: { host: other } })
    expect(stats.verification!.hosts.find(({ host }) => host === old)).toMatchObject({
      recovery: false,
      absent: 0,
      ackedOnlyHere: hand.onlyOnOld,
    })
    expect(hand.onlyOnOld).toBe(hand.lost)
  },
)
