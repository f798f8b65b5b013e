import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { waitFor } from '../util/wait-for.js'
import { outputOf, requirePrimary, scriptOn, whenRunning } from './data-hosts.js'
import { defineFault, type FaultContext, type FaultTarget } from './fault.js'

type Context = FaultContext<Record<string, never>>

/**
 * A table of its own, in the clients' database: a page of somebody else's could be written between the damage and the
 * healing, and what was kept of it would be old. Nothing may read it on its own, so it is analyzed by nobody.
 */
const table = 'dojo_pages'
const block = 1
/** In the middle of the page, where its rows are. */
const at = block * 8192 + 4096
const damage = 'X'.repeat(64)

/** Rows of a statement in the clients' database, asked on the host itself. Throws with PostgreSQL's words. */
const ask = (context: Pick<FaultTarget, 'execOn'>, host: string, sql: string): Promise<string> =>
  outputOf(context, host, ['psql', '--no-psqlrc', '-qAt', '--set=ON_ERROR_STOP=1', '--command', sql])

/** Waits until a host has replayed what the primary has written by now. */
async function caughtUp(context: Context, primary: string): Promise<void> {
  const { name } = context.target
  if (name === primary) return
  const lsn = await ask(context, primary, 'select pg_current_wal_lsn()')
  await waitFor(
    () => ask(context, name, `select pg_last_wal_replay_lsn() >= '${lsn}'`),
    (there) => there === 't',
    {
      what: `${name} to replay ${lsn}`,
      withinMs: 30_000,
      signal: new AbortController().signal,
      describe: (there) => there,
    },
  )
}

/** The bytes at the damaged place, from the file. */
async function onDisk(context: Context): Promise<string> {
  const { code, stdout } = await context.exec(
    ['sh', '-c', `dd if="$PGDATA/${String(context.notes['file'])}" bs=1 skip=${at} count=${damage.length} 2>/dev/null`],
    { timeoutMs: 5_000 },
  )
  return code === 0 ? stdout : ''
}

export const damagedPage = defineFault({
  kind: 'damaged-page',
  group: 'storage',
  summary: `A page of table ${table}, which it makes for that, is overwritten on the host's disk: reading it fails`,
  action: 'Damage a page on {host}',
  proves: 'A read of the table with SQL fails with an invalid page.',
  targets: 'data-host',
  options: z.strictObject({}),
  needs: 'running',
  notesFirst: true,
  alone: true,
  whenGone: 'the page on {host} is whole again, by another hand',
  async refuses(context) {
    const [row] = await context.sql(context.target.name, 'show data_checksums')
    return row?.['data_checksums'] === 'on' ? null : 'its pages have no checksums, so that nobody would notice'
  },
  async apply(context) {
    const { target, notes } = context
    const primary = await requirePrimary(context)
    const evicting = "select count(*) from pg_extension where extname = 'pg_buffercache'"
    notes['extension'] = (await ask(context, primary, evicting)) === '0' // then it goes when the work is done
    await context.save()
    await ask(context, primary, 'create extension if not exists pg_buffercache')
    await ask(
      context,
      primary,
      `create table if not exists ${table} with (autovacuum_enabled = off) as
         select n, repeat('a page that is going to be damaged ', 4) as words from generate_series(1, 300) n;
       grant select on ${table} to public`,
    )
    await ask(context, primary, `vacuum (freeze) ${table}`) // so that no later reader writes to its pages
    await ask(context, primary, 'checkpoint')
    await caughtUp(context, primary)
    await ask(context, target.name, 'checkpoint') // a standby writes its pages at a restart point of its own
    notes['file'] = await ask(context, primary, `select pg_relation_filepath('${table}')`)
    await context.save()
    await ask(
      context,
      target.name,
      `select pg_buffercache_evict(bufferid) from pg_buffercache
         where relfilenode = pg_relation_filenode('${table}') and relforknumber = 0
           and reldatabase = (select oid from pg_database where datname = current_database())`,
    )
    await scriptOn(
      context,
      target.name,
      `printf ${damage} | dd of="$PGDATA/${String(notes['file'])}" bs=1 seek=${at} conv=notrunc 2>/dev/null`,
    )
    await dropExtension(context, primary)
    return `Overwrote ${damage.length} bytes of page ${block} of table ${table} in the file of ${target.name}`
  },
  async proveEffect(context): Promise<Proof> {
    try {
      const rows = await ask(context, context.target.name, `select count(*) from ${table}`)
      return { holds: false, observed: `all ${rows} rows can be read` }
    } catch (error) {
      const said = (error as Error).message
      return { holds: said.includes('invalid page'), observed: said.replace(/^.*ERROR: +/, 'PostgreSQL: ') }
    }
  },
  effectWithinMs: 30_000,
  async heal(context) {
    await whenRunning(context)
    const primary = await requirePrimary(context)
    await ask(context, primary, `drop table if exists ${table}`) // its file goes everywhere, without being read
    await dropExtension(context, primary)
    await ask(context, primary, 'checkpoint')
  },
  async proveHealed(context): Promise<Proof> {
    const [bytes, gone] = await Promise.all([
      onDisk(context),
      ask(context, context.target.name, `select to_regclass('${table}') is null`),
    ])
    if (bytes === damage) return { holds: false, observed: 'the damaged page is still on the disk' }
    return { holds: gone === 't', observed: gone === 't' ? `table ${table} is gone` : `table ${table} is still there` }
  },
  healedWithinMs: 60_000,
  async holdsStill(context) {
    const { container } = await context.state()
    if (container !== 'running') return container !== 'missing' // it is on the disk
    return (await onDisk(context)) === damage
  },
})

async function dropExtension(context: Context, primary: string): Promise<void> {
  if (context.notes['extension'] === true) await ask(context, primary, 'drop extension if exists pg_buffercache')
}
