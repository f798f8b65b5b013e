import { afterAll, beforeAll, expect, test } from 'vitest'
import { hostOf, watchedLab, type WatchedLab } from '../support/watched-lab.js'

let lab: WatchedLab
beforeAll(async () => void (lab = await watchedLab()), 300_000)
afterAll(() => lab[Symbol.asyncDispose](), 60_000)

const kindsSince = (t: number): string[] =>
  lab.recorder
    .since(t)
    .flatMap((record) => (record.k === 'event' ? [`${record.kind} ${record.host ?? ''}`.trim()] : []))

test('a healthy lab is seen whole, from fresh evidence of every source', { timeout: 90_000 }, async () => {
  const state = await lab.whole()
  expect(state.leader).toBe('pg1')
  expect(hostOf(state, 'pg1')).toMatchObject({ role: 'leader', timeline: 1, note: 'streams to pg2' })
  expect(hostOf(state, 'pg2')).toMatchObject({ role: 'sync', timeline: 1, note: 'streaming from pg1' })
  expect(state.etcd.value).toMatchObject({
    quorum: true,
    members: [{ answers: true }, { answers: true }, { answers: true }],
  })
  expect(state.dcs.value?.lease).toMatchObject({ ttlS: 20, leftMs: expect.any(Number) })
  expect(state.dcs.value?.config).toMatchObject({ ttl: 20, loop_wait: 2 })
  const proxy = await lab.until('the proxy to be seen', ({ proxy: part }) => !part.stale, 10_000)
  expect(proxy.proxy.value).toContainEqual(expect.objectContaining({ host: 'pg1', write: true }))
  await lab.until('the repository to be seen', ({ backup }) => backup.value?.stanzaOk === true, 60_000)
  const renewed = await lab.until(
    'a renewal of the lease',
    ({ dcs }) => typeof dcs.value?.lease?.renewedAt === 'number',
    10_000,
  )
  expect(renewed.at - renewed.dcs.value!.lease!.renewedAt!).toBeLessThan(10_000)
})

test(
  'a crash of the leader is told step by step, and the new leader within 100 ms of etcd',
  { timeout: 240_000 },
  async () => {
    await lab.whole()
    const before = Date.now()
    const heard: { leader: string | null; at: number }[] = []
    const stop = lab.observer.onState(({ leader }) => heard.push({ leader, at: Date.now() }))
    const crash = await lab.faults.inject({ kind: 'crash', target: 'leader', by: 'proof' })
    expect(crash).toMatchObject({ target: 'pg1', state: 'active', effect: { holds: true } })

    const down = await lab.until('pg1 to be shown down', (state) => hostOf(state, 'pg1').role === 'down', 5_000)
    expect(hostOf(down, 'pg1')).toMatchObject({ timeline: null, note: 'crashed; was leader on timeline 1' })
    expect(hostOf(down, 'pg1').postgres?.stale).toBe(true)
    expect(down.leader).toBe('pg1') // the key is still there: that is the lesson

    const crashed = await lab.event('host.crashed', 'pg1', before, 5_000)
    const expired = await lab.event('lease.expired', 'pg1', before, 60_000)
    const taken = await lab.event('leader.taken', 'pg2', before, 30_000)
    const promoted = await lab.event('promoted', 'pg2', before, 30_000)
    const timeline = await lab.event('timeline', 'pg2', before, 30_000)
    stop()
    expect(expired.t - crashed.t).toBeGreaterThan(15_000)
    expect(taken.t).toBeGreaterThanOrEqual(expired.t)
    expect(promoted.t).toBeGreaterThanOrEqual(taken.t - 100)
    expect(promoted.data).toMatchObject({ timeline: 2 })
    expect(timeline.text).toMatch(/^timeline 2 from \w+\/\w+$/)
    const toldAt = heard.find(({ leader }) => leader === 'pg2')!.at
    expect(toldAt - taken.t).toBeLessThan(100)
    expect(kindsSince(before)).not.toContain('leader.released pg1')

    const again = Date.now()
    const [healed] = await lab.faults.heal(crash.id)
    expect(healed).toMatchObject({ state: 'healed', healing: { holds: true } })
    await lab.event('host.started', 'pg1', again, 10_000)
    await lab.event('replica.streaming', 'pg1', again, 90_000)
    const whole = await lab.whole(90_000)
    expect(hostOf(whole, 'pg1')).toMatchObject({ role: 'sync', timeline: 2 })
  },
)

test(
  'a switchover was asked for; a graceful stop was not; neither lets a lease expire',
  { timeout: 240_000 },
  async () => {
    const { leader } = await lab.whole()
    const other = leader === 'pg1' ? 'pg2' : 'pg1'
    const asked = Date.now()
    const { code, stdout, stderr } = await lab.handle.exec(leader!, [
      'patronictl',
      'switchover',
      '--leader',
      leader!,
      '--candidate',
      other,
      '--force',
    ])
    expect(code, stdout + stderr).toBe(0)
    await lab.event('promoted', other, asked, 30_000)
    const request = await lab.event('switchover.requested', leader!, asked, 1_000)
    expect(request.data).toMatchObject({ leader, member: other })
    await lab.event('leader.released', leader!, asked, 1_000)
    await lab.whole(90_000)

    const stopped = Date.now()
    await lab.faults.inject({ kind: 'stop', target: 'leader' })
    await lab.event('host.stopped', other, stopped, 10_000)
    await lab.event('leader.released', other, stopped, 1_000)
    await lab.event('promoted', leader!, stopped, 30_000)
    expect(kindsSince(stopped)).not.toContain(`switchover.requested ${other}`)
    expect(kindsSince(asked).filter((kind) => kind.startsWith('lease.expired'))).toEqual([])
    await lab.faults.heal()
    await lab.whole(90_000)
  },
)

test('the configuration is followed, and each event came once', { timeout: 60_000 }, async () => {
  const since = Date.now()
  const edit = ['patronictl', 'edit-config', '--set', 'maximum_lag_on_failover=2097152', '--force']
  expect((await lab.handle.exec('pg1', edit)).code).toBe(0)
  const changed = await lab.event('config.changed', undefined, since, 10_000)
  expect(changed.text).toBe('maximum_lag_on_failover = 2097152')
  const seen = lab.recorder
    .all()
    .flatMap((record) => (record.k === 'event' ? [`${record.t} ${record.kind} ${record.host} ${record.text}`] : []))
  expect(new Set(seen).size).toBe(seen.length)
  const roles = lab.recorder.all().filter((record) => record.k === 'role')
  expect(roles.length).toBeGreaterThan(10)
})
