import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { defineFault, type FaultTarget } from './fault.js'
import { primaryOf, streamingStandbys } from './data-hosts.js'

/** The role that standbys stream with, by what it may do: its name is the topology's choice. */
const streamers = 'from pg_roles where rolreplication and rolcanlogin and not rolsuper'
const disconnect = 'select pg_terminate_backend(pid) from pg_stat_replication'

async function setExpiry({ sql }: FaultTarget, primary: string, until: string): Promise<void> {
  const roles = await sql(primary, `select quote_ident(rolname) as role ${streamers}`)
  if (roles.length === 0) throw new Error(`${primary} has no role for replication alone`)
  for (const { role } of roles) await sql(primary, `alter role ${String(role)} valid until '${until}'`)
}

/** Whether such a role is past its date; null when no primary answers. */
async function expired(context: FaultTarget): Promise<boolean | null> {
  const primary = await primaryOf(context)
  if (primary === null) return null
  const rows = await context.sql(primary, `select rolname ${streamers} and rolvaliduntil < now()`)
  return rows.length > 0
}

/** Its name and what it says it did leave out how: that is for whoever meets it to find out. */
export const standbysRefused = defineFault({
  kind: 'standbys-refused',
  group: 'people',
  summary: 'Somebody changed something on the primary: it disconnects its standbys, and turns them away from then on',
  action: 'Let {host} refuse its standbys',
  proves: 'pg_stat_replication on the primary shows no standby.',
  targets: 'data-host',
  options: z.strictObject({}),
  needs: 'running',
  alone: true,
  whenGone: 'somebody found out why {host} refused its standbys, and made it good',
  async refuses(context) {
    const { name } = context.target
    const primary = await primaryOf(context)
    if (primary !== name) return `only the primary can refuse standbys, and that is ${primary ?? 'nobody now'}`
    return (await expired(context)) ? 'it refuses them already' : null
  },
  async apply(context) {
    const { target, sql } = context
    await setExpiry(context, target.name, '2020-01-01')
    await sql(target.name, disconnect)
    return `Made ${target.name} refuse its standbys`
  },
  async proveEffect(context): Promise<Proof> {
    const standbys = await streamingStandbys(context)
    return { holds: standbys.length === 0, observed: `streaming: ${standbys.join(', ') || 'nobody'}` }
  },
  effectWithinMs: 15_000,
  async heal(context) {
    const primary = await primaryOf(context)
    if (primary === null) throw new Error('no primary answers')
    await setExpiry(context, primary, 'infinity')
  },
  async proveHealed(context): Promise<Proof> {
    const standbys = await streamingStandbys(context)
    return { holds: standbys.length > 0, observed: `streaming: ${standbys.join(', ') || 'nobody'}` }
  },
  healedWithinMs: 60_000,
  // with no primary to ask, the change waits in the data of whoever becomes one
  holdsStill: async (context) => (await expired(context)) !== false,
})
