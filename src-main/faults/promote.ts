import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { primaryOf } from './data-hosts.js'
import { defineFault, type FaultContext } from './fault.js'
import { reinitialize } from './reinitialize.js'
import { archivedOf, removeFromArchive, timelineChosen } from './stray-timeline.js'

type Context = FaultContext<Record<string, unknown>>

const logFile = '/var/log/postgresql/postgresql.log'

/** The timeline that the promotion began, by the log of PostgreSQL since then; null: it was not promoted. */
async function timelineMade({ exec, notes }: Context): Promise<number | null> {
  const { stdout } = await exec(['tail', '-c', `+${Number(notes['logSize']) + 1}`, logFile], { timeoutMs: 10_000 })
  return timelineChosen(stdout)
}

/** Whether PostgreSQL on the target takes writes; null: it does not answer. */
async function isPrimary({ sql, target }: Context): Promise<boolean | null> {
  const rows = await sql(target.name, 'SELECT NOT pg_is_in_recovery() AS primary').catch(() => [])
  return rows[0] ? rows[0]['primary'] === true : null
}

interface Other {
  name: string
  timeline: number
  /** As pg_stat_replication has the target; null: it is not there. */
  target: string | null
}

/** The primary that the target is no part of; null when there is none. */
async function otherPrimary(context: Context): Promise<Other | null> {
  const name = await primaryOf(context, context.target.name)
  if (!name) return null
  const [row] = await context.sql(
    name,
    `SELECT (SELECT timeline_id FROM pg_control_checkpoint()) AS timeline,
       (SELECT state FROM pg_stat_replication WHERE application_name = '${context.target.name}' LIMIT 1) AS target`,
  )
  return { name, timeline: Number(row?.['timeline']), target: (row?.['target'] ?? null) as string | null }
}

/** What the archive holds of a timeline that the cluster never took up. A later leader's own is none of that. */
async function strayFiles(context: Context, { timeline }: Other): Promise<string[]> {
  const made = await timelineMade(context)
  return made === null || timeline >= made ? [] : archivedOf(context, made, context.appliedAt)
}

const asPostgres = { user: 'postgres', timeoutMs: 60_000 }

export const promote = defineFault({
  kind: 'promote',
  group: 'people',
  summary:
    'Somebody promotes a standby behind Patroni’s back: two primaries until Patroni ends one, and its timeline is in the archive',
  action: 'Promote {host} by hand',
  proves: 'PostgreSQL on the host has begun a timeline of its own.',
  targets: 'data-host',
  options: z.strictObject({}),
  needs: 'running',
  alone: true,
  whenGone: '{host} leads, or streams again, by another hand',
  async refuses(context) {
    const { target } = context
    if ((await isPrimary(context)) !== false) return `${target.name} is no standby that could be promoted`
    const other = await otherPrimary(context)
    if (!other) return 'there is no primary beside it'
    return other.target === 'streaming' ? null : `${target.name} does not stream from ${other.name} now`
  },
  async apply(context) {
    const { target, notes, exec } = context
    notes['logSize'] = Number((await exec(['stat', '-c', '%s', logFile], { timeoutMs: 5_000 })).stdout)
    await context.save()
    const { code, stderr } = await exec(['sh', '-c', 'pg_ctl promote -D "$PGDATA"'], asPostgres)
    if (code !== 0) throw new Error(`pg_ctl said: ${stderr.trim()}`)
    return `Ran pg_ctl promote on ${target.name}`
  },
  async proveEffect(context): Promise<Proof> {
    const { target } = context
    const [made, primary, other] = await Promise.all([
      timelineMade(context),
      isPrimary(context),
      otherPrimary(context).catch(() => null),
    ])
    if (made === null) return { holds: false, observed: `PostgreSQL on ${target.name} has begun no new timeline` }
    const now = primary ? 'takes writes' : 'was ended by Patroni since'
    const beside = other ? `, while ${other.name} is primary on timeline ${other.timeline}` : ''
    return { holds: true, observed: `${target.name} began timeline ${made}${beside}; it ${now}` }
  },
  effectWithinMs: 30_000,
  /**
   * The archive first: with the history of that timeline in it, no standby starts again, a new one neither. What is
   * promoted still, as in a paused cluster, would archive more; and Patroni archives what is left before it rewinds.
   */
  async heal(context) {
    const { exec, target, appliedAt } = context
    const other = await otherPrimary(context)
    if (!other) throw new Error(`there is no primary beside ${target.name} that it could follow`)
    if (await isPrimary(context)) await exec(['sh', '-c', 'pg_ctl stop -m immediate -D "$PGDATA"'], asPostgres)
    const made = await timelineMade(context)
    const clean = async (): Promise<void> => {
      if (made !== null && other.timeline < made) await removeFromArchive(context, made, appliedAt)
    }
    await clean()
    if (other.target === 'streaming') return
    await reinitialize(context)
    await clean()
  },
  async proveHealed(context): Promise<Proof> {
    const other = await otherPrimary(context)
    if (!other) return { holds: false, observed: 'there is no other primary' }
    const stray = await strayFiles(context, other)
    const left = stray.length > 0 ? `${stray.length} files of its timeline are in the archive` : 'its timeline is gone'
    return {
      holds: other.target === 'streaming' && stray.length === 0,
      observed: `${other.name}: ${context.target.name} ${other.target ?? 'does not stream'}; ${left}`,
    }
  },
  healedWithinMs: 120_000,
  async holdsStill(context) {
    if (context.notes['logSize'] === undefined) return false
    if ((await context.state()).container !== 'running') return true // its data and the archive are as they were
    if ((await timelineMade(context)) === null) return false
    const other = await otherPrimary(context)
    if (!other) return (await isPrimary(context)) !== true // it leads, and its timeline is the cluster's
    return other.target !== 'streaming' || (await strayFiles(context, other)).length > 0
  },
})
