import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineFacts } from '../../src-main/docker/engine-facts.js'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { sweepHome } from '../../src-main/docker/sweep.js'
import { prepareLab } from '../../src-main/lab/prepare.js'
import { changeState, openHome } from '../../src-main/lab/store.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { composeIn, makeOwn, type Compose } from '../support/compose.js'
import { dojoHome, type DojoHome } from '../support/dojo-process.js'
import { ask } from '../support/lab-sql.js'

const lab = 'taken-home'
let dojo: DojoHome
let folder: string
let compose: Compose
let own: Record<string, string>
let exported: object

beforeAll(async () => {
  const { tag } = await ensureHostImage()
  dojo = await dojoHome()
  folder = join(await mkdtemp(join(tmpdir(), 'dojo-export-')), 'cluster')
  // an export reads the lab's folder: its hosts need not run, so that there is only one cluster here to wait for
  const home = await openHome(dojo.dir)
  const { info } = await prepareLab(home, { topology: 'pair-witness', name: lab }, tag, await engineFacts())
  await changeState(home, lab, { state: 'healthy' })
  exported = await dojo.json('export', lab, folder, '--as', 'compose')
  own = await makeOwn(folder, { homeId: dojo.id, lab }, info.spec)
  compose = await composeIn(folder)
}, 300_000)

afterAll(async () => {
  await compose?.('down', '--volumes', '--timeout', '0').catch(() => undefined)
  if (dojo) await sweepHome(dojo.id) // whatever compose left
  if (folder) await rm(join(folder, '..'), { recursive: true, force: true })
  await dojo?.[Symbol.asyncDispose]()
}, 120_000)

async function asRole<Row extends object>(user: 'app' | 'postgres', sql: string): Promise<Row[]> {
  const secret = user === 'app' ? 'app' : 'superuser'
  const password = (await readFile(join(folder, 'secrets', 'passwords', secret), 'utf8')).trim()
  const at = { host: '127.0.0.1', port: Number(own['PORT_PROXY_5000']) }
  return ask<Row>(at, { user, password, database: 'app' }, sql)
}
const signal = new AbortController().signal
const until = (what: string, user: 'app' | 'postgres', sql: string, expected: object[], withinMs: number) =>
  waitFor(
    () => asRole(user, sql),
    (rows) => JSON.stringify(rows) === JSON.stringify(expected),
    {
      what,
      withinMs,
      everyMs: 250,
      signal,
      describe: (rows) => JSON.stringify(rows),
    },
  )
const standbys = "select application_name as name, sync_state from pg_stat_replication where state = 'streaming'"

test(
  'plain compose boots it with a synchronous standby; the loss of the leader costs no acknowledged write',
  { timeout: 420_000 },
  async () => {
    expect(exported).toMatchObject({ exit: 0, lab, as: 'compose', folder, secrets: false })
    // started without secrets, a host says what is missing, and ends
    await compose('up', '--detach', 'witness')
    await waitFor(
      () => compose('logs', 'witness'),
      (log) => log.includes('run ./init.sh'),
      {
        what: 'a host without secrets to say so',
        withinMs: 30_000,
        signal,
        describe: (log) => log,
      },
    )
    await compose('down', '--timeout', '0')

    await promisify(execFile)(join(folder, 'init.sh'))
    const startedAt = performance.now()
    await compose('up', '--detach')
    await until('a synchronous standby', 'postgres', standbys, [{ name: 'pg2', sync_state: 'sync' }], 120_000)
    await asRole('app', 'create table kept (n int)')
    await asRole('app', 'insert into kept values (1)')
    const bootedAt = performance.now()
    // streaming comes before Patroni has named it in etcd, and only who is named there takes over
    await waitFor(
      () => compose('exec', '-T', 'pg1', 'patronictl', 'list'),
      (list) => list.includes('Sync Standby'),
      {
        what: 'Patroni to name its synchronous standby',
        withinMs: 60_000,
        everyMs: 500,
        signal,
        describe: (list) => list,
      },
    )

    await compose('kill', 'pg1')
    const killedAt = performance.now()
    await until(
      'a write after the loss of the leader',
      'app',
      'insert into kept values (2) returning n',
      [{ n: 2 }],
      120_000,
    )
    const failedOverAt = performance.now()
    expect(await asRole('app', 'select count(*)::int as rows from kept where n = 1')).toEqual([{ rows: 1 }])

    await compose('start', 'pg1')
    await until('the old leader as a standby', 'postgres', standbys, [{ name: 'pg1', sync_state: 'sync' }], 120_000)
    const seconds = [bootedAt - startedAt, failedOverAt - killedAt].map((ms) => (ms / 1000).toFixed(1))
    console.log(`plain compose: boot ${seconds[0]} s, failover ${seconds[1]} s`)

    await compose('down', '--volumes', '--timeout', '0')
    expect(await sweepHome(dojo.id)).toBe(0)
  },
)
