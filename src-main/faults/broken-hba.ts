import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { waitFor } from '../util/wait-for.js'
import { primaryOf, runningWith } from './data-hosts.js'
import { patchConfig, readConfig } from './dynamic-config.js'
import { defineFault, type FaultContext } from './fault.js'

const options = z.strictObject({
  refuses: z
    .enum(['replication', 'clients'])
    .default('replication')
    .describe('replication: the line that lets standbys in is gone. clients: a line refuses their database'),
})
type Context = FaultContext<z.output<typeof options>>

interface Noted {
  /** pg_hba before the mistake. */
  before: string[]
  /** The clients' database, and who it belongs to. */
  database: string
  owner: string
}

/** A line that lets a standby in; Patroni's own question to itself, from 127.0.0.1, is none. */
const letsStandbysIn = (line: string): boolean => /^host\S*\s+replication\s+\S+\s+(?!127\.|localhost)/.test(line.trim())

const refusal = (database: string): string => `host ${database} all all reject`

/** pg_hba as it would be after the mistake. */
export function broken(lines: readonly string[], refuses: 'replication' | 'clients', database: string): string[] {
  return refuses === 'replication' ? lines.filter((line) => !letsStandbysIn(line)) : [refusal(database), ...lines]
}

/** Whether the mistake is in there, however it was written since. */
export const isBroken = (lines: readonly string[], refuses: 'replication' | 'clients', database: string): boolean =>
  refuses === 'replication' ? !lines.some(letsStandbysIn) : lines.includes(refusal(database))

/** The database of the clients. Not the one that we ask ourselves: a fault never blinds us. */
async function clientDatabase({ sql, target }: Context): Promise<Pick<Noted, 'database' | 'owner'>> {
  const [row] = await sql(
    target.name,
    `SELECT datname AS database, pg_get_userbyid(datdba) AS owner FROM pg_database
     WHERE datname <> 'postgres' AND NOT datistemplate ORDER BY oid LIMIT 1`,
  )
  if (!row) throw new Error('there is no database of clients yet')
  return row as unknown as Pick<Noted, 'database' | 'owner'>
}

const linesNow = async (context: Context): Promise<string[]> => (await readConfig(context)).postgresql?.pg_hba ?? []
const noted = ({ notes }: Context): Noted => notes as unknown as Noted

/**
 * What a data host answers to a connection from another host of the lab: with `pg_hba.conf` in it when that is why it
 * refuses. Without a password, a connection that is let in ends with a question for one.
 */
async function knock(context: Context, on: string): Promise<string> {
  const { hosts, stateOf, execOn, options: wanted } = context
  const { before, database, owner } = noted(context)
  const states = await Promise.all(hosts.map(({ name }) => stateOf(name)))
  const from = hosts.find(({ name }, n) => name !== on && states[n]!.container === 'running')?.name
  if (!from) throw new Error('no other host runs that could try to connect')
  const standby = before.find(letsStandbysIn)?.trim().split(/\s+/)[2]
  const as = wanted.refuses === 'replication' ? `replication=true user=${standby}` : `dbname=${database} user=${owner}`
  const argv = [
    'psql',
    '--no-password',
    '--no-psqlrc',
    `host=${on} port=5432 connect_timeout=3 ${as}`,
    '-Atc',
    'IDENTIFY_SYSTEM',
  ]
  const { stderr } = await execOn(from, argv, { env: { PGPASSFILE: '/nowhere' }, timeoutMs: 10_000 })
  return (stderr.trim().split('\n').at(-1) ?? '').replace(/^.*FATAL: +/, '')
}
const isRefused = (said: string): boolean => said.includes('pg_hba.conf')
const isLetIn = (said: string): boolean => said.includes('no password supplied')

async function refusedBy(context: Context): Promise<{ hosts: string[]; said: string[] }> {
  const hosts = await runningWith(context, 'patroni')
  return { hosts, said: await Promise.all(hosts.map((host) => knock(context, host))) }
}

export const brokenHba = defineFault({
  kind: 'broken-hba',
  group: 'people',
  summary: 'A change of pg_hba in the dynamic configuration refuses standbys or clients, on every data host',
  action: 'Break pg_hba, from {host}',
  proves: 'The hosts that are to be kept out try to connect, and PostgreSQL refuses them.',
  targets: 'data-host',
  options,
  needs: 'running',
  notesFirst: true,
  whenGone: 'pg_hba was repaired by another hand',
  async refuses(context) {
    const lines = await linesNow(context)
    if (lines.length === 0) return 'this cluster keeps pg_hba in files of its hosts, not in the dynamic configuration'
    if (!(await primaryOf(context))) return 'there is no primary that could refuse anybody'
    const { database } = await clientDatabase(context)
    return isBroken(lines, context.options.refuses, database) ? 'pg_hba refuses them already' : null
  },
  async apply(context) {
    const { target, notes, sql, options: wanted } = context
    const { database, owner } = await clientDatabase(context)
    await patchConfig(context, target.name, async () => {
      const before = await linesNow(context)
      Object.assign(notes, { before, database, owner })
      await context.save()
      return { postgresql: { pg_hba: broken(before, wanted.refuses, database) } }
    })
    if (wanted.refuses === 'clients') return `Put "${refusal(database)}" on top of pg_hba`
    // those who are in stay in, however pg_hba changes: they have to come in once more for it to show
    await waitFor(
      () => refusedBy(context),
      ({ said }) => said.every(isRefused),
      {
        what: 'every data host to read its pg_hba again',
        withinMs: 60_000,
        signal: new AbortController().signal,
        describe: ({ said }) => said.join('; '),
      },
    )
    const primary = await primaryOf(context)
    if (primary) await sql(primary, 'SELECT pg_terminate_backend(pid) FROM pg_stat_replication')
    return 'Took the line for standbys out of pg_hba, and ended the connections that were made before'
  },
  async proveEffect(context): Promise<Proof> {
    const { hosts, said } = await refusedBy(context)
    const observed = hosts.map((host, n) => `${host}: ${said[n]}`).join('; ')
    return { holds: hosts.length > 0 && said.every(isRefused), observed }
  },
  effectWithinMs: 60_000,
  heal: (context) =>
    patchConfig(context, context.target.name, () => ({ postgresql: { pg_hba: noted(context).before } })),
  async proveHealed(context): Promise<Proof> {
    const { hosts, said } = await refusedBy(context)
    const shut = hosts.filter((_, n) => !isLetIn(said[n]!))
    const observed = shut.length === 0 ? `${hosts.join(', ')} ask for a password` : said.join('; ')
    return { holds: shut.length === 0, observed }
  },
  healedWithinMs: 60_000,
  async holdsStill(context) {
    const { before, database } = noted(context)
    return before !== undefined && isBroken(await linesNow(context), context.options.refuses, database)
  },
})
