import { afterAll, beforeAll, expect, test } from 'vitest'
import { reinitCommand } from '../../src-main/lab/reinit.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { ask, askAsClient } from '../support/lab-sql.js'
import { startLab, type TestLab } from '../support/lab.js'

const hosts = ['node1', 'secondary-1', 'secondary-2']
const secondaries = hosts.slice(1)
const tables = ['users', 'categories', 'income', 'expenses']

let lab: TestLab
beforeAll(async () => {
  lab = await startLab('async-cron', { set: ['cron.every=1', 'patroni.loop_wait=1'] })
}, 300_000)
afterAll(() => lab[Symbol.asyncDispose](), 60_000)

/** Runs a command on a host; what it printed, once it has ended well. */
async function on(host: string, ...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await lab.handle.exec(host, argv, { timeoutMs: 180_000 })
  if (code !== 0) throw new Error(`${argv.join(' ')} on ${host} ended with ${code}: ${stdout}${stderr}`)
  return stdout.trim()
}
const psql = (host: string, sql: string, ...more: string[]): Promise<string> => on(host, 'psql', '-XAtc', sql, ...more)
const archives = async (host: string): Promise<string[]> =>
  (await on(host, 'sh', '-c', 'ls /var/backups/postgresql/base/ | grep -x "base-.*Z.tar.gz" || :'))
    .split('\n')
    .filter(Boolean)

/** Every row of every table, in one figure: equal when, and only when, the rows are. */
const everyRow = (of = tables): string =>
  of
    .map((table) => `select '${table}', count(*), md5(string_agg(t::text, E'\\n' order by id)) from ${table} t`)
    .join(' union all ')
const clusterIs = (host: string): Promise<string> =>
  psql(host, 'select system_identifier, timeline_id from pg_control_system(), pg_control_checkpoint()')

async function until(
  what: string,
  read: () => Promise<string>,
  holds: (said: string) => boolean,
  withinMs = 60_000,
): Promise<string> {
  return waitFor(read, holds, {
    what,
    withinMs,
    everyMs: 300,
    signal: AbortSignal.timeout(withinMs + 10_000),
    describe: String,
  })
}

/** Cron may be at it just then: a run that finds another one at work says so, and takes none. */
const backupOn = (host: string, says = 'took base-'): Promise<string> =>
  until(
    `base-backup on ${host} to say "${says}"`,
    () => on(host, 'base-backup'),
    (said) => said.includes(says),
  )

test('the sample database is there and whole, and standbys refuse writes', async () => {
  const counted = await askAsClient<{ t: string; n: string }>(
    lab.handle,
    tables.map((table) => `select '${table}' t, count(*) n from ${table}`).join(' union all '),
  )
  expect(Object.fromEntries(counted.map(({ t, n }) => [t, Number(n)]))).toEqual({
    users: 60,
    categories: 14,
    income: 1_440,
    expenses: 9_720,
  })
  for (const name of secondaries)
    await until(
      `${name} to have all rows`,
      () => psql(name, 'select count(*) from expenses').catch((error: Error) => error.message),
      (said) => said === '9720',
    )
  const { app } = await lab.handle.credentials()
  const login = { user: app.username, password: app.password, database: app.database }
  for (const name of secondaries) {
    const endpoint = lab.info.hosts.find((host) => host.name === name)!.endpoints.postgres!
    await expect(
      ask(endpoint, login, "insert into categories (name, monthly_budget) values ('x', 1)"),
    ).rejects.toMatchObject({
      code: '25006', // read_only_sql_transaction
    })
  }
  const orphan = "insert into expenses (user_id, category_id, amount, spent_on, note) values (999, 1, 1, now(), '')"
  await expect(askAsClient(lab.handle, orphan)).rejects.toMatchObject({ code: '23503' }) // foreign_key_violation
})

test(
  'only who leads takes a backup, named by time; three are kept, and others say why they take none',
  { timeout: 120_000 },
  async () => {
    for (let n = 0; n < 4; n++) await backupOn('node1')
    const kept = await archives('node1')
    expect(kept).toHaveLength(3)
    for (const name of kept) expect(name).toMatch(/^base-\d{8}T\d{6}Z\.tar\.gz$/)
    expect(await on('secondary-1', 'base-backup')).toMatch(
      /no backup: this host does not lead \(Patroni answered \/primary with 503\)/,
    )
    expect(await archives('secondary-1')).toEqual([])
  },
)

test(
  'a restore beside the cluster has every row as it was, and changes nothing of the cluster',
  { timeout: 120_000 },
  async () => {
    const [before, was] = await Promise.all([psql('node1', everyRow()), clusterIs('node1')])
    await backupOn('node1')
    const archive = (await archives('node1')).at(-1)!
    await askAsClient(lab.handle, 'delete from expenses where user_id <= 30')
    await on('node1', 'restore-standalone', archive)
    expect(await psql('node1', everyRow(), '-p', '5433')).toBe(before)
    expect(await psql('node1', 'select count(*) from expenses')).not.toBe('9720')
    expect(await clusterIs('node1')).toBe(was)
    await on('node1', 'pg_ctl', '-D', '/var/lib/postgresql/standalone', 'stop')
  },
)

test('the whole cluster goes back to the microsecond before a DROP TABLE', { timeout: 240_000 }, async () => {
  // cron itself has run by now: every minute, on every host
  const log = (host: string): Promise<string> => on(host, 'sh', '-c', 'cat /var/log/cron/base-backup.log 2>&1 || :')
  await until(
    'cron to have taken a backup on node1',
    () => log('node1'),
    (said) => /node1: took base-/.test(said),
    90_000,
  )
  await until(
    'cron to have asked on secondary-1',
    () => log('secondary-1'),
    (said) => /does not lead/.test(said),
  )

  await askAsClient(lab.handle, "insert into categories (name, monthly_budget) values ('the last one before', 1)")
  const before = await psql('node1', everyRow())
  await askAsClient(lab.handle, 'drop table income')
  // a future of some size, all of which is to be left behind
  await askAsClient(
    lab.handle,
    'insert into expenses (user_id, category_id, amount, spent_on, note) select 1, 1, 1, now(), repeat(md5(n::text), 8) from generate_series(1, 20000) n',
  )
  const [system, timeline] = (await clusterIs('node1')).split('|')
  const segment = await psql('node1', 'select pg_walfile_name(pg_switch_wal())')
  await until(
    `${segment} to be archived`,
    () => on('node1', 'ls', '/var/backups/postgresql/wal'),
    (said) => said.split('\n').includes(`${segment}.gz`),
  )
  const drop = (await on('node1', 'wal-drops')).split('\n').at(-1)!
  const moment = /^(\S+ \S+) UTC/.exec(drop)![1]!
  const target = await psql('node1', `select timestamptz '${moment} UTC' - interval '1 microsecond'`)

  await expect(on('node1', 'restore-cluster', '--time', target)).rejects.toThrow('still runs on secondary-1')
  await Promise.all(secondaries.map((host) => on(host, 'sv', '-w', '60', 'stop', 'patroni')))
  const said = await on('node1', 'restore-cluster', '--time', target)
  expect(said).toContain('node1 leads what was restored')
  await Promise.all(secondaries.map((host) => on(host, 'sv', 'start', 'patroni')))
  for (const host of secondaries) {
    const reinit = ['bash', '-c', reinitCommand(lab.info.scope, host, '--wait')]
    await until(
      `${host} to be copied anew`,
      () => on('node1', ...reinit),
      () => true,
      90_000,
    )
  }
  for (const host of hosts) {
    const streams = (): Promise<string> =>
      psql('node1', `select state from pg_stat_replication where application_name = '${host}'`)
    if (host !== 'node1') await until(`${host} to stream`, streams, (state) => state === 'streaming')
    expect(await psql(host, everyRow()), `rows on ${host}`).toBe(before)
  }
  const [systemNow, timelineNow] = (await clusterIs('node1')).split('|')
  expect(systemNow).toBe(system)
  expect(Number(timelineNow)).toBeGreaterThan(Number(timeline))
  // the next way back begins here
  await backupOn('node1')

  await on('node1', 'patronictl', 'switchover', '--leader', 'node1', '--candidate', 'secondary-1', '--force')
  await backupOn('secondary-1') // who leads takes them from here on
  await backupOn('node1', 'does not lead')
})
