import { afterAll, beforeAll, expect, test } from 'vitest'
import { createProbe } from '../../src-main/probe/probe.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { watchedLab, type WatchedLab } from '../support/watched-lab.js'

let lab: WatchedLab
beforeAll(async () => void (lab = await watchedLab()), 300_000)
afterAll(() => lab[Symbol.asyncDispose](), 60_000)

const writes = (atLeast: number) =>
  waitFor(
    () => lab.probe.stats(),
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
  },
)

test(
  'an outage is measured from acknowledgement to acknowledgement, and nothing acknowledged is lost',
  { timeout: 180_000 },
  async () => {
    await lab.whole()
    const since = Date.now()
    await lab.faults.inject({ kind: 'stop', target: 'leader' })
    const ended = await lab.event('outage.ended', undefined, since, 60_000)
    const began = await lab.event('outage.began', undefined, since - 1_000, 1_000)
    expect(began.t).toBeLessThan(ended.t)
    const { outages } = lab.probe.since(since)
    const longest = outages.toSorted((a, b) => b.seconds - a.seconds)[0]!
    expect(longest.seconds).toBeCloseTo((longest.until! - longest.lastAckAt) / 1000, 1)
    expect(longest.failed + longest.unknown).toBeGreaterThan(10)
    await lab.faults.heal()
    await lab.whole(90_000)
    expect(await lab.probe.verify()).toMatchObject({ lost: 0 })
    expect(lab.probe.verification()?.host).toBe('pg2')
  },
)

test('rows that vanish are counted as lost, one by one, and by a later process too', { timeout: 120_000 }, async () => {
  await lab.probe.stop()
  const { acknowledged } = lab.probe.stats()
  expect(acknowledged).toBeGreaterThan(100)
  const { app } = await lab.handle.credentials()
  const remove = ['psql', '-qAt', '-d', app.database, '-c', 'delete from dojo.writes where id in (10, 11, 50)']
  const leader = (await lab.whole()).leader!
  expect((await lab.handle.exec(leader, remove)).code).toBe(0)
  const later = createProbe({ info: lab.info, credentials: await lab.handle.credentials(), dir: lab.handle.dir })
  expect(await later.verify()).toMatchObject({ lost: 3, running: false })
  expect(later.verification()?.examples.map(({ id }) => id)).toEqual([10, 11, 50])
})

test('with nobody to ask, a verification is an error and never a zero', { timeout: 120_000 }, async () => {
  await lab.faults.inject({ kind: 'crash', target: 'proxy' })
  const before = lab.probe.stats().verifiedAt
  await expect(lab.probe.verify()).rejects.toMatchObject({ code: 'host-down' })
  expect(lab.probe.stats().verifiedAt).toBe(before)
  await lab.faults.heal()
})
