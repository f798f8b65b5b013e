import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import type { Endpoint } from '../../src-main/contract/lab.js'
import { engineFacts } from '../../src-main/docker/engine-facts.js'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { sweepHome } from '../../src-main/docker/sweep.js'
import { prepareLab } from '../../src-main/lab/prepare.js'
import { changeState, openHome } from '../../src-main/lab/store.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { composeIn, makeOwn, type Compose } from './compose.js'
import { dojoHome, type DojoHome } from './dojo-process.js'
import { ask } from './lab-sql.js'

const lab = 'taken-home'
const signal = new AbortController().signal
const standbys = "select application_name as name, sync_state from pg_stat_replication where state = 'streaming'"

export interface ExportedProject extends AsyncDisposable {
  /** Boots it with plain compose, writes, loses the leader and has it back, and removes it with its volumes. */
  boots(): Promise<{ bootS: number; failoverS: number; left: number }>
}

/** A lab that never ran, taken home as a compose project. `security=tls`: with its passwords as well. */
export async function exportedProject(security: 'plain' | 'tls'): Promise<ExportedProject> {
  const { tag } = await ensureHostImage()
  const dojo = await dojoHome()
  const folder = join(await mkdtemp(join(tmpdir(), 'dojo-export-')), 'cluster')
  let compose: Compose | undefined
  const dispose = async (): Promise<void> => {
    await compose?.('down', '--volumes', '--timeout', '0').catch(() => undefined)
    await sweepHome(dojo.id) // whatever compose left
    await rm(join(folder, '..'), { recursive: true, force: true })
    await dojo[Symbol.asyncDispose]()
  }
  try {
    // an export reads the lab's folder: its hosts need not run, so that there is only one cluster here to wait for
    const home = await openHome(dojo.dir)
    const asked = { topology: 'pair-witness', name: lab, set: [`security=${security}`] }
    const { info, credentials } = await prepareLab(home, asked, tag, await engineFacts())
    await changeState(home, lab, { state: 'healthy' })
    const secrets = security === 'tls'
    const more = secrets ? ['--with-secrets'] : []
    const exported = await dojo.json('export', lab, folder, '--as', 'compose', ...more)
    expect(exported).toMatchObject({ exit: 0, lab, as: 'compose', folder, secrets })
    if (secrets) expect(await passwordOf(folder, 'app')).toBe(credentials.app.password)
    const own = await makeOwn(folder, { homeId: dojo.id, lab }, info.spec)
    compose = await composeIn(folder)
    const project = { dojo, folder, compose, own, tls: secrets }
    return { boots: () => boots(project), [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

const passwordOf = async (folder: string, name: string): Promise<string> =>
  (await readFile(join(folder, 'secrets', 'passwords', name), 'utf8')).trim()

interface Project {
  dojo: DojoHome
  folder: string
  compose: Compose
  own: Record<string, string>
  tls: boolean
}

async function boots({ dojo, folder, compose, own, tls }: Project): ReturnType<ExportedProject['boots']> {
  async function asRole<Row extends object>(user: 'app' | 'postgres', sql: string): Promise<Row[]> {
    const secret = user === 'app' ? 'app' : 'superuser'
    const password = await passwordOf(folder, secret)
    const at: Endpoint = { host: '127.0.0.1', port: Number(own['PORT_PROXY_5000']) }
    const verifying = { ...at, tls: { ca: join(folder, 'secrets', 'ca.crt'), name: 'proxy' } }
    return ask<Row>(tls ? verifying : at, { user, password, database: 'app' }, sql)
  }

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

  // started without secrets, a host says what is missing, and ends
  if (!tls) {
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
  }

  await promisify(execFile)(join(folder, 'init.sh'))
  const startedAt = performance.now()
  await compose('up', '--detach')
  await until('a synchronous standby', 'postgres', standbys, [{ name: 'pg2', sync_state: 'sync' }], 120_000)
  if (tls) {
    const at = { host: '127.0.0.1', port: Number(own['PORT_PROXY_5000']) }
    const password = await passwordOf(folder, 'app')
    const plain = ask(at, { user: 'app', password, database: 'app' }, 'select 1')
    await expect(plain).rejects.toThrow('no encryption')
    const streams = 'select ssl from pg_stat_replication join pg_stat_ssl using (pid)'
    expect(await asRole('postgres', streams)).toEqual([{ ssl: true }])
  }
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
  const [bootS = 0, failoverS = 0] = [bootedAt - startedAt, failedOverAt - killedAt].map(
    (ms) => Math.round(ms / 100) / 10,
  )
  console.log(`plain compose${tls ? ', TLS' : ''}: boot ${bootS} s, failover ${failoverS} s`)
  await compose('down', '--volumes', '--timeout', '0')
  return { bootS, failoverS, left: await sweepHome(dojo.id) }
}
