import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFaults } from '../../src-main/faults/index.js'
import { hostOf, watchedLab, type WatchedLab } from '../support/watched-lab.js'

let lab: WatchedLab
beforeAll(async () => void (lab = await watchedLab()), 300_000)
afterAll(() => lab[Symbol.asyncDispose](), 60_000)

test(
  'a freeze holds the ports open and silent, and a thaw brings every service back',
  { timeout: 120_000 },
  async () => {
    const { leader } = await lab.whole()
    const replica = leader === 'pg1' ? 'pg2' : 'pg1'
    const frozen = await lab.faults.inject({ kind: 'freeze', target: 'any-replica' })
    expect(frozen).toMatchObject({
      target: replica,
      effect: { holds: true, observed: expect.stringContaining('engine: paused') },
    })
    const state = await lab.until(
      'the host to be shown frozen',
      (seen) => hostOf(seen, replica).role === 'frozen',
      3_000,
    )
    expect(hostOf(state, replica)).toMatchObject({
      timeline: null,
      patroni: { stale: true },
      postgres: { stale: true },
    })
    await expect(lab.faults.inject({ kind: 'crash', target: replica })).rejects.toMatchObject({ code: 'fault-refused' })
    const [healed] = await lab.faults.heal(frozen.id)
    expect(healed).toMatchObject({ state: 'healed', healing: { holds: true } })
    await lab.whole(90_000)
  },
)

test('a killed postmaster is proven by the kernel, and ends by itself', { timeout: 120_000 }, async () => {
  const { leader } = await lab.whole()
  const before = hostOf(lab.observer.state(), leader!).postgres!.value!.startedAt
  const killed = await lab.faults.inject({ kind: 'kill', target: leader!, options: { process: 'postgres' } })
  expect(killed).toMatchObject({
    state: 'ended',
    effect: { holds: true, observed: expect.stringMatching(/^process \d+ is gone$/) },
  })
  const state = await lab.until(
    'PostgreSQL to be back',
    (seen) =>
      seen.hosts.some(
        ({ postgres }) =>
          !postgres?.stale && postgres?.value?.inRecovery === false && postgres.value.startedAt > before,
      ),
    60_000,
  )
  expect(state.leader).not.toBeNull()
  await lab.whole(90_000)
})

test('a stopped etcd on the witness costs a vote until it is healed, and no leader', { timeout: 120_000 }, async () => {
  const { leader } = await lab.whole()
  const since = Date.now()
  await lab.faults.inject({ kind: 'kill', target: 'witness', options: { process: 'etcd', signal: 'STOP' } })
  await lab.event('etcd.lost', 'witness', since, 15_000)
  expect(lab.observer.state().etcd.value?.quorum).toBe(true)
  await lab.faults.heal()
  await lab.event('etcd.back', 'witness', since, 15_000)
  expect(lab.observer.state().leader).toBe(leader)
})

test('a host that is started by hand has ended its crash', { timeout: 120_000 }, async () => {
  const { id } = await lab.faults.inject({ kind: 'crash', target: 'witness' })
  const record = () => lab.faults.list().find((one) => one.id === id)
  await lab.handle.power.start('witness')
  await lab.until('the fault to be over', () => record()?.state !== 'active', 15_000)
  expect(record()).toMatchObject({ state: 'ended', healing: { observed: 'witness is back, by another hand' } })
})

test(
  'an app that died between "written" and "applied" leaves a record that follows the world',
  { timeout: 120_000 },
  async () => {
    const left = (id: string, target: string): Promise<void> => {
      const record = { id, kind: 'crash', target, options: {}, state: 'applying', appliedAt: Date.now(), by: 'cli' }
      return appendFile(join(lab.handle.dir, 'faults.jsonl'), `${JSON.stringify({ record, notes: {} })}\n`)
    }
    await lab.handle.power.kill('backup')
    await left('funtouched', 'witness')
    await left('fdone', 'backup')
    const later = await createFaults({ lab: lab.handle })
    const stateOf = (wanted: string): string | undefined => later.list().find(({ id }) => id === wanted)?.state
    expect([stateOf('funtouched'), stateOf('fdone')]).toEqual(['failed', 'active'])
    expect(await later.heal('fdone')).toMatchObject([{ state: 'healed', healing: { holds: true } }])
    await later.close()
  },
)
