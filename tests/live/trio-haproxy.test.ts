import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ClusterState } from '../../src-main/contract/cluster.js'
import { connectDocker } from '../../src-main/docker/engine.js'
import { labsHeld } from '../../src-main/docker/hosts.js'
import { downLab } from '../../src-main/lab/labs.js'
import { hostOf, watchedLab, type WatchedLab } from '../support/watched-lab.js'

let lab: WatchedLab
beforeAll(async () => void (lab = await watchedLab('trio-haproxy')), 300_000)
afterAll(() => lab[Symbol.asyncDispose](), 60_000)

/** Standbys that stream, as the leader's own rows say. */
function standbys({ leader, hosts }: ClusterState): string[] {
  const postgres = hosts.find(({ name }) => name === leader)?.postgres
  if (!postgres || postgres.stale || !postgres.value || postgres.value.inRecovery) return []
  return postgres.value.replication
    .filter(({ state }) => state === 'streaming')
    .map(({ applicationName }) => applicationName)
    .toSorted()
}
const withStandbys = (count: number, withinMs = 120_000): Promise<ClusterState> =>
  lab.until(`${count} standbys to stream`, (state) => standbys(state).length === count, withinMs)
const on = (host: string, ...argv: string[]) => lab.handle.exec(host, argv, { timeoutMs: 10_000 })

test(
  'standbys that are refused stop streaming, and are told that the password is wrong',
  { timeout: 240_000 },
  async () => {
    const { leader } = await withStandbys(2)
    const [standby = ''] = standbys(lab.observer.state())
    await expect(lab.faults.inject({ kind: 'standbys-refused', target: standby })).rejects.toMatchObject({
      code: 'fault-refused',
    })
    const refused = await lab.faults.inject({ kind: 'standbys-refused', target: 'leader' })
    expect(refused).toMatchObject({ state: 'active', target: leader, effect: { holds: true } })
    await withStandbys(0)
    const log = await on(standby, 'grep', '-c', 'password authentication failed', '/var/log/postgresql/postgresql.log')
    expect(Number(log.stdout)).toBeGreaterThan(0)
    const [healed] = await lab.faults.heal(refused.id)
    expect(healed).toMatchObject({ state: 'healed', healing: { holds: true } })
    expect((await withStandbys(2)).leader).toBe(leader)
  },
)

test(
  'a standby that lost its control file is copied anew by healing, and the leader goes on',
  { timeout: 240_000 },
  async () => {
    const { leader } = await withStandbys(2)
    const [standby = ''] = standbys(lab.observer.state())
    await expect(lab.faults.inject({ kind: 'lost-files', target: leader! })).rejects.toMatchObject({
      code: 'fault-refused',
    })
    const lost = await lab.faults.inject({ kind: 'lost-files', target: standby })
    expect(lost).toMatchObject({ state: 'active', target: standby, effect: { holds: true } })
    expect((await on(standby, 'pg_controldata')).code).not.toBe(0)
    await lab.until('Patroni to fail to start it', (state) => hostOf(state, standby).role !== 'replica', 60_000)
    const [healed] = await lab.faults.heal(lost.id)
    expect(healed).toMatchObject({ state: 'healed', healing: { holds: true } })
    expect((await on(standby, 'pg_controldata')).code).toBe(0)
    expect((await withStandbys(2)).leader).toBe(leader)
  },
)

test(
  'the loss of one host leaves a leader with a standby; then nothing is left of the lab',
  { timeout: 240_000 },
  async () => {
    const { leader } = await withStandbys(2)
    await lab.faults.inject({ kind: 'crash', target: leader! })
    await lab.until(
      'another leader with a standby that streams',
      (state) => state.leader !== null && state.leader !== leader && standbys(state).length === 1,
      120_000,
    )
    await lab.faults.heal()
    await withStandbys(2)
    await downLab(lab.info.lab, lab.home)
    expect([...(await labsHeld(await connectDocker(), lab.home.id))]).toEqual([])
  },
)
