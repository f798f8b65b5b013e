import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ClusterState } from '../../src-main/contract/cluster.js'
import { askAsClient } from '../support/lab-sql.js'
import { hostOf, watchedLab, type WatchedLab } from '../support/watched-lab.js'

let lab: WatchedLab
beforeAll(async () => void (lab = await watchedLab('trio-single-etcd')), 300_000)
afterAll(() => lab[Symbol.asyncDispose](), 60_000)

/** Every data host leads or streams; resolves to who leads. */
async function whole(withinMs = 60_000): Promise<string> {
  const streams = ({ hosts }: ClusterState): number =>
    hosts.filter(({ postgres }) => !postgres?.stale && postgres?.value?.walReceiver?.status === 'streaming').length
  const { leader } = await lab.until('two standbys to stream', (s) => s.leader !== null && streams(s) === 2, withinMs)
  return leader!
}
const patronictl = async (host: string, ...argv: string[]): Promise<string> => {
  const { stdout, stderr } = await lab.handle.exec(host, ['patronictl', ...argv], { timeoutMs: 30_000 })
  return stdout + stderr
}

test(
  'a leader that is stopped is replaced in about 5 s, and comes back as a replica',
  { timeout: 180_000 },
  async () => {
    const leader = await whole()
    await lab.probe.start()
    await pause(1_000)
    await lab.handle.power.stop(leader, 60) // SIGTERM: Patroni releases the leader key
    await lab.until('another leader', (state) => state.leader !== null && state.leader !== leader, 30_000)
    await pause(2_000) // clients that were too late with their writes find their way
    const [outage, ...more] = lab.probe.stats().outages
    await lab.probe.stop()
    console.log(`${leader} was stopped: no writes for ${outage?.seconds} s, then ${more.length} more outages`)
    expect(outage?.until).not.toBeNull()
    expect(outage?.seconds).toBeLessThan(6)
    expect((await lab.probe.verify()).lost).toBe(0) // a graceful stop sends everything first

    await lab.handle.power.start(leader)
    expect(await whole()).not.toBe(leader)
    expect(hostOf(lab.observer.state(), leader)).toMatchObject({ role: 'replica' })
  },
)

test(
  'with broken replication a standby runs and is not promotable, and the lab says why',
  { timeout: 180_000 },
  async () => {
    const leader = await whole()
    const standby = lab.info.hosts
      .map(({ name }) => name)
      .find((name) => name.startsWith('pg-node') && name !== leader)!
    const { id } = await lab.faults.inject({ kind: 'standbys-refused', target: leader })
    await askAsClient(lab.handle, `create table much as select repeat('x', 1000) from generate_series(1, 3000)`)
    const seen = await lab.until(
      'the standby to be said not promotable',
      (state) => hostOf(state, standby).note.includes('not promotable'),
      30_000,
    )
    expect(hostOf(seen, standby)).toMatchObject({
      role: 'replica',
      note: 'in recovery, not streaming; not promotable: more than 1,048,576 bytes behind, which is maximum_lag_on_failover',
    })
    // Patroni says the same: it runs, does not stream, and is refused as a candidate
    const members = JSON.parse(await patronictl(leader, 'list', '--format', 'json')) as {
      Member: string
      State: string
    }[]
    expect(members.find(({ Member }) => Member === standby)?.State).toBe('running')
    const asked = await patronictl(leader, 'switchover', '--leader', leader, '--candidate', standby, '--force')
    expect(asked).toContain('Switchover failed')
    expect(lab.observer.state().leader).toBe(leader)
    const log = await lab.handle.exec(standby, ['tail', '-n', '200', '/var/log/postgresql/postgresql.log'])
    expect(log.stdout).toContain('password authentication failed') // and PostgreSQL says what is broken

    await lab.faults.heal(id)
    expect(await whole()).toBe(leader)
    expect(hostOf(lab.observer.state(), standby).note).toBe(`streaming from ${leader}`)
  },
)
