import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { endBehind, runsBehind, startBehind } from './background.js'
import { defineFault, type FaultContext } from './fault.js'

type Context = FaultContext<Record<string, unknown>>

/** Its session is found by this, whoever asks, and after a restart of the app as well. */
const applicationOf = (id: string): string => `nightly-report-${id}`

interface Session {
  pid: number
  state: string | null
  openS: number | null
  xid: string | null
}

async function sessions({ sql, target, id }: Context): Promise<Session[]> {
  const rows = await sql(
    target.name,
    `SELECT pid, state, extract(epoch FROM now() - xact_start)::int AS "openS", backend_xid::text AS xid
     FROM pg_stat_activity WHERE application_name = '${applicationOf(id)}'`,
  )
  return rows as unknown as Session[]
}

/**
 * Begins a transaction with a number of its own, so that VACUUM can remove nothing that was deleted since, and says no
 * more on a pipe that stays open for as long as PostgreSQL has the session: the client ends with it, whoever ends it.
 */
const holdOpen = (application: string): string => `
coproc env PGAPPNAME='${application}' psql --no-psqlrc --quiet --tuples-only --no-align
echo 'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT pg_backend_pid() FROM pg_current_xact_id();' >&"\${COPROC[1]}"
read -r pid <&"\${COPROC[0]}" && tail --pid="$pid" -f /dev/null
true # a shell runs its last command in its own place, and would let go of the pipe`

export const idleTransaction = defineFault({
  kind: 'idle-transaction',
  group: 'people',
  summary: 'A session began a transaction and went away: VACUUM can’t remove what was deleted since, locks are kept',
  action: 'Leave a transaction open on {host}',
  proves: 'pg_stat_activity shows the session, idle in a transaction that has an id.',
  targets: 'data-host',
  options: z.strictObject({}),
  needs: 'running',
  whenGone: 'the session on {host} ended: by another hand, or with PostgreSQL',
  async refuses({ sql, target }) {
    const [row] = await sql(target.name, 'SELECT pg_is_in_recovery() AS standby')
    return row?.['standby'] === false ? null : `${target.name} is a standby, which gives out no transaction numbers`
  },
  async apply(context) {
    const name = applicationOf(context.id)
    await startBehind(context, holdOpen(name), 'postgres')
    return `Began a transaction on ${context.target.name} and left it open, as application ${name}`
  },
  async proveEffect(context): Promise<Proof> {
    const [one] = await sessions(context)
    const observed = one
      ? `pg_stat_activity: process ${one.pid} is ${one.state}, transaction ${one.xid}, open for ${one.openS} s`
      : 'pg_stat_activity has no such session'
    return { holds: one?.state === 'idle in transaction' && one.xid !== null, observed }
  },
  effectWithinMs: 30_000,
  async heal(context) {
    const { sql, target, id } = context
    await sql(
      target.name,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${applicationOf(id)}'`,
    ).finally(() => endBehind(context))
  },
  async proveHealed(context): Promise<Proof> {
    const [found, client] = await Promise.all([sessions(context), runsBehind(context)])
    const observed = [found.length > 0 ? 'the session is still there' : 'no such session', client && 'its client runs']
    return { holds: found.length === 0 && !client, observed: observed.filter(Boolean).join('; ') }
  },
  healedWithinMs: 30_000,
  async holdsStill(context) {
    const { container } = await context.state()
    if (container !== 'running') return container === 'paused'
    return (await sessions(context).catch(() => [])).length > 0
  },
})
