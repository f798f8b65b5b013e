import { patroniClient } from '../cluster/patroni.js'
import { waitFor } from '../util/wait-for.js'
import { dataHosts, requirePrimary } from './data-hosts.js'
import { editConfig } from './dynamic-config.js'
import type { FaultTarget } from './fault.js'

/** What the dynamic configuration says; null: it says nothing. */
type Command = string | null

const pickUpMs = 40_000
const slowing = /^sleep \d+; /
const failing = `echo 'archive: no route to the repository' >&2; exit 1`

export const slowed = (command: string, seconds: number): string => `sleep ${seconds}; ${command}`
export const broken = (): string => failing
const isDisturbed = (command: string): boolean => slowing.test(command) || command === failing

/** What Patroni's members read from etcd, from the first that answers. Throws when none does. */
export async function commandNow(context: Pick<FaultTarget, 'hosts'>): Promise<Command> {
  const asked = await Promise.all(
    dataHosts(context).flatMap(({ endpoints }) =>
      endpoints.patroni ? [patroniClient(endpoints.patroni).config()] : [],
    ),
  )
  const config = asked.find((reading) => reading.ok)
  if (!config?.ok) throw new Error('no Patroni answers with its configuration')
  const { postgresql } = config.value as { postgresql?: { parameters?: { archive_command?: unknown } } }
  const command = postgresql?.parameters?.archive_command
  return typeof command === 'string' ? command : null
}

/** Puts a command, or nothing, into the dynamic configuration, and waits until the primary has read it. */
async function setCommand(context: FaultTarget, command: Command): Promise<void> {
  const primary = await requirePrimary(context)
  // as JSON, which is YAML: nothing in the command can be mistaken for something else
  const pair = `archive_command=${JSON.stringify(command)}`
  await editConfig(context, primary, ['--pg', pair])
  const wanted = command ?? ''
  await waitFor(
    async () => String((await context.sql(primary, 'show archive_command'))[0]?.['archive_command']),
    (now) => now === wanted || (wanted === '' && now === '(disabled)'),
    {
      what: `${primary} to read the archive command`,
      withinMs: pickUpMs,
      signal: new AbortController().signal,
      describe: (now) => now,
    },
  )
}

/** Why an archive can't be disturbed by way of this host; null: it can. */
export async function whyNoArchive(context: FaultTarget): Promise<string | null> {
  const { target } = context
  const primary = await requirePrimary(context)
  if (primary !== target.name) return `only the primary archives, and that is ${primary} now`
  const command = await commandNow(context)
  if (!command) return 'nothing is archived yet: the first backup starts that, and is not there'
  return isDisturbed(command) ? `the archive is disturbed already: archive_command is \`${command}\`` : null
}

/** Replaces the archive command; what it was is on the disk before. */
export async function disturb(context: FaultTarget, make: (before: string) => string): Promise<void> {
  const before = (await commandNow(context)) ?? ''
  const after = make(before)
  Object.assign(context.notes, { before, after })
  await context.save()
  await setCommand(context, after)
  await fillSegment(context)
}

/** Puts back exactly what was there. What somebody else has set meanwhile stays. */
export async function restore(context: FaultTarget): Promise<void> {
  if (await isStillDisturbed(context)) await setCommand(context, context.notes['before'] as string)
  await fillSegment(context)
}

export const isStillDisturbed = async (context: FaultTarget): Promise<boolean> =>
  context.notes['after'] !== undefined && (await commandNow(context)) === context.notes['after']

/** Gives the archiver something to do, and remembers it: the segment, when it was complete, what had failed before. */
export async function fillSegment(context: FaultTarget): Promise<void> {
  const primary = await requirePrimary(context)
  const { failed } = await archiver(context, primary)
  await context.sql(primary, `select pg_create_restore_point('dojo ${context.id}')`) // an empty segment is not switched
  const [row] = await context.sql(
    primary,
    'select pg_walfile_name(pg_switch_wal()) as segment, extract(epoch from clock_timestamp())::float8 as at',
  )
  Object.assign(context.notes, { primary, failed, segment: row?.['segment'], at: row?.['at'] })
  await context.save()
}

interface Archiver {
  /** The newest segment in the archive, and when it got there, in seconds by PostgreSQL's clock. */
  segment: string | null
  at: number
  failed: number
  failedSegment: string | null
}

/** pg_stat_archiver: what PostgreSQL itself counts, whatever command it was given. */
async function archiver({ sql }: FaultTarget, primary: string): Promise<Archiver> {
  const [row] = await sql(
    primary,
    `select last_archived_wal as segment, extract(epoch from last_archived_time)::float8 as at,
            failed_count::int as failed, last_failed_wal as "failedSegment" from pg_stat_archiver`,
  )
  return row as unknown as Archiver
}

export interface Archiving extends Archiver {
  /** The segment that was made for the proof. */
  wanted: string
  /** Seconds from its end until it was in the archive; null: it is not. */
  took: number | null
  failedSince: number
}

/** What became of the segment that `fillSegment` made. */
export async function archiving(context: FaultTarget): Promise<Archiving> {
  const { primary, segment, at, failed } = context.notes as Record<string, string & number>
  const now = await archiver(context, primary!)
  const there = now.segment !== null && placeOf(now.segment) >= placeOf(segment!)
  return { ...now, wanted: segment!, took: there ? now.at - at! : null, failedSince: now.failed - failed! }
}

/** A segment's place in the log, whatever its timeline. Comparable as text; '' for what is none: a history, a partial one. */
export const placeOf = (segment: string): string => (/^[0-9A-F]{24}$/.test(segment) ? segment.slice(8, 24) : '')
