import { DojoError } from '../contract/errors.js'
import { pgdata, stanza } from '../lab/plan.js'
import { waitFor } from '../util/wait-for.js'
import type { Production } from './production.js'

/** What steps look at. */
export interface Tools {
  /** A shell command as postgres. Throws when its exit code is not 0. */
  sh(host: string, command: string): Promise<string>
  /** The first row of an answer; `how`: psql's options for the server that is meant. */
  sql(host: string, query: string, how?: string): Promise<string[]>
  /** Who leads now, by SQL. */
  production(): Promise<Production | null>
  signal: AbortSignal
}

/** `outputs`: what each command of the step said. */
export type Verify = (tools: Tools, outputs: readonly string[]) => Promise<string>

const recoveryMs = 600_000
const joinMs = 240_000

/** What recovery said at its end: it stopped at the target, or missed it. */
export function endOfRecovery(log: string): { stopped?: string; missed?: string; failed?: string } {
  const last = (pattern: RegExp): string | undefined => log.split('\n').findLast((line) => pattern.test(line))
  const text = (line: string | undefined): string | undefined => line?.replace(/^.*?(LOG|FATAL|PANIC):\s+/, '')
  const missed = text(last(/\] FATAL: .*(before configured recovery target|before consistent recovery point)/))
  if (missed) return { missed }
  // of its own processes: a client that is turned away has its name behind the process's number
  const failed = text(last(/\] (FATAL|PANIC): /))
  if (failed) return { failed }
  const stopped = text(last(/recovery stopping (before|after|at) /))
  return stopped ? { stopped } : {}
}

/** Waits until recovery on a host has reached its target and ended in a promotion. */
export const promoted =
  (host: string, how: string, logFile: string): Verify =>
  async ({ sh, sql, signal }) => {
    let end: ReturnType<typeof endOfRecovery> = {}
    const read = async (): Promise<boolean> => {
      end = endOfRecovery(await sh(host, `cat ${logFile}`))
      if (end.missed !== undefined || end.failed !== undefined) return true
      return (await sql(host, 'select pg_is_in_recovery()', how))[0] === 'f'
    }
    await waitFor(read, (over) => over, {
      what: `recovery on ${host} to end`,
      withinMs: recoveryMs,
      signal,
      describe: () => 'it replays WAL',
      next: `Look at ${logFile} on ${host}`,
    })
    if (end.missed !== undefined) {
      throw new DojoError('target-missed', {
        what: `Recovery on ${host} did not reach the target`,
        why: end.missed,
        next: 'Choose a target that the WAL in the archive has',
      })
    }
    if (end.failed !== undefined) throw new Error(end.failed)
    const [timeline] = await sql(
      host,
      `select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int`,
      how,
    )
    return `${end.stopped ?? 'recovery ended'}; now on timeline ${timeline}`
  }

/** The segment that the step's command named is in the archive of each of these repositories. */
export const segmentArchived =
  (host: string, repositories: readonly string[]): Verify =>
  async (tools, outputs) => {
    const segment = outputs[0]!.trim()
    await archived(`${segment}-*`, segment, host, repositories, tools)
    return `${segment} is in the archive${onEach(repositories)}`
  }

const onEach = (repositories: readonly string[]): string =>
  repositories.length > 1 ? ` of ${repositories.join(' and ')}` : ''

/** Waits for a file in the archive of each repository. `pattern`: a name as `find` takes it. */
async function archived(
  pattern: string,
  name: string,
  host: string,
  repositories: readonly string[],
  { sh, signal }: Tools,
): Promise<void> {
  const withoutIt = async (): Promise<string[]> => {
    const find = `find /var/lib/pgbackrest/archive/${stanza} -name '${pattern}'`
    const found = await Promise.all(repositories.map((repository) => sh(repository, find)))
    return repositories.filter((_, i) => found[i]!.trim() === '')
  }
  await waitFor(withoutIt, (missing) => missing.length === 0, {
    what: `${name} to be archived`,
    withinMs: 60_000,
    signal,
    describe: (missing) => `it is not in the archive of ${missing.join(' and ')}`,
    next: `See what the archiver of ${host} says: /var/log/pgbackrest`,
  })
}

/** A new primary that was stopped has archived its history file: whoever recovers later needs it. */
export const historyArchived =
  (host: string, repositories: readonly string[]): Verify =>
  async (tools) => {
    const { sh } = tools
    await sh(host, `! pg_ctl -D ${pgdata} status`)
    const control = await sh(host, `pg_controldata -D ${pgdata}`)
    const timeline = Number(/Latest checkpoint's TimeLineID:\s+(\d+)/.exec(control)?.[1])
    const file = `${timeline.toString(16).toUpperCase().padStart(8, '0')}.history`
    await archived(file, file, host, repositories, tools)
    return `${file} is in the archive${onEach(repositories)}`
  }

/** Patroni leads there, and PostgreSQL takes writes. */
export const running =
  (host: string): Verify =>
  async ({ production, signal }) => {
    const found = await waitFor(production, (now) => now?.host === host, {
      what: `${host} to lead`,
      withinMs: joinMs,
      everyMs: 300,
      signal,
      describe: (now) => (now ? `${now.host} leads` : 'nobody takes writes'),
    })
    return `${host} leads on timeline ${found?.timeline}`
  }

/** A standby streams from the new primary, from what it was rebuilt of. */
export const streams =
  (leader: string, replica: string): Verify =>
  async ({ sql, signal }) => {
    const query = `select coalesce((select state || ', ' || sync_state from pg_stat_replication where application_name = '${replica}'), 'absent')`
    const seen = await waitFor(
      () => sql(leader, query),
      ([state]) => state?.startsWith('streaming') ?? false,
      {
        what: `${replica} to stream from ${leader}`,
        withinMs: joinMs,
        everyMs: 300,
        signal,
        describe: ([state]) => `it is ${state}`,
        next: `Look at Patroni's log on ${replica}`,
      },
    )
    return `${replica}: ${seen[0]}`
  }
