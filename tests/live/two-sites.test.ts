import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { waitFor } from '../../src-main/util/wait-for.js'
import { askAsClient } from '../support/lab-sql.js'
import { hostOf, shown, watchedLab } from '../support/watched-lab.js'

/** Commands of the document, host by host, in their order: what people are told to do is what is tested. */
async function commandsOf(document: string): Promise<{ host: string; command: string }[]> {
  const text = await readFile(join(import.meta.dirname, '../../docs', document), 'utf8')
  const found = [...text.matchAll(/^dojo exec LAB (\S+) -- (.+)$/gm)]
  return found.map(([, host, command]) => ({ host: host!, command: command! }))
}

test(
  'the second site is promoted when the first is lost, and the first follows it when it comes back',
  { timeout: 300_000 },
  async () => {
    await using lab = await watchedLab('two-sites')
    const [promote, listed, keep, follow, ...rest] = await commandsOf('two-sites.md')
    expect(rest).toHaveLength(1) // another list: a command that nobody runs here is one that nobody tested
    const run = async ({ host, command }: { host: string; command: string }): Promise<string> => {
      const { code, stdout, stderr } = await lab.handle.exec(host, ['bash', '-c', command], { timeoutMs: 30_000 })
      expect(code, `${command}: ${stdout}${stderr}`).toBe(0)
      return stdout
    }
    const noteOf = (name: string): string => hostOf(lab.observer.state(), name).note
    await lab.until(
      'the standby leader to be seen',
      () => noteOf('remote1').startsWith('standby leader of remote'),
      30_000,
    )
    await askAsClient(lab.handle, `create table kept as select n from generate_series(1, 1000) n`)
    // asked there: what the observer has read last may be from before
    const arrived = async (): Promise<string> =>
      (await lab.handle.exec('remote2', ['psql', '-Atc', 'select count(*) from kept'])).stdout.trim()
    await waitFor(arrived, (rows) => rows === '1000', {
      what: 'the rows to arrive in the second site',
      withinMs: 30_000,
      signal: AbortSignal.timeout(40_000),
      describe: String,
    })

    const main = ['patroni1', 'patroni2', 'patroni3', 'etcd']
    await Promise.all(main.map((host) => lab.handle.power.kill(host)))
    await run(promote!)
    const taken = await lab.until(
      'remote1 to take writes',
      (state) => hostOf(state, 'remote1').role === 'leader',
      30_000,
    )
    expect(hostOf(taken, 'remote1').note).toBe('takes writes in remote')
    expect(await run(listed!)).toMatch(/remote1 +\| remote1 +\| Leader +\|/)
    await askAsClient(lab.handle, 'insert into kept values (1001)')
    expect(await askAsClient(lab.handle, 'select count(*)::int as n from kept')).toEqual([{ n: 1001 }])

    await run(keep!)
    await lab.handle.power.start('etcd')
    await lab.until('the first site’s etcd to answer', ({ etcd }) => !etcd.stale && etcd.value?.quorum === true, 60_000)
    await run(follow!)
    await Promise.all(main.filter((host) => host !== 'etcd').map((host) => lab.handle.power.start(host)))
    const follows = await lab.until(
      'all three to follow the second site',
      ({ hosts }) =>
        hosts.filter(
          ({ name, postgres }) =>
            name.startsWith('patroni') && !postgres?.stale && postgres?.value?.walReceiver?.status === 'streaming',
        ).length === 3,
      120_000,
    )
    expect(follows.leader, shown(follows)).not.toBeNull()
    expect(hostOf(follows, follows.leader!).note).toMatch(/^standby leader; streaming from remote/)
    expect(hostOf(follows, 'remote1').role).toBe('leader')
    const slots = await lab.handle.exec('remote1', [
      'psql',
      '-Atc',
      "select active from pg_replication_slots where slot_name = 'main'",
    ])
    expect(slots.stdout.trim()).toBe('t')
    const left = "select count(*) from pg_replication_slots where slot_name = 'remote'"
    expect((await lab.handle.exec(follows.leader!, ['psql', '-Atc', left])).stdout.trim()).toBe('0')
    const held = await lab.handle.exec('patroni3', ['psql', '-Atc', 'select count(*), pg_is_in_recovery() from kept'])
    expect(held.stdout.trim()).toBe('1001|t')
    const broken = lab.recorder.all().filter((record) => record.k === 'event' && record.kind === 'invariant.violated')
    expect(broken).toEqual([]) // at no time did both take writes
  },
)
