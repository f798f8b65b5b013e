import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { primaryOf, runningWith } from './data-hosts.js'
import { patchConfig, readConfig } from './dynamic-config.js'
import { defineFault, type FaultContext } from './fault.js'

const options = z.strictObject({
  slot: z
    .string()
    .regex(/^[a-z0-9_]{1,63}$/, 'lower-case letters, digits and _')
    .default('old_replica')
    .describe('Name of the slot that nobody reads from'),
})
type Context = FaultContext<z.output<typeof options>>

interface Slot {
  active: boolean
  restartLsn: string | null
  keptBytes: number
}

async function slotOn({ sql, options: { slot } }: Context, host: string): Promise<Slot | null> {
  const [row] = await sql(
    host,
    `SELECT active, restart_lsn::text AS lsn,
       CASE WHEN pg_is_in_recovery() THEN 0 ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) END AS kept
     FROM pg_replication_slots WHERE slot_name = '${slot}'`,
  )
  if (!row) return null
  return { active: row['active'] === true, restartLsn: row['lsn'] as string | null, keptBytes: Number(row['kept']) }
}

export const orphanSlot = defineFault({
  kind: 'orphan-slot',
  group: 'people',
  summary: 'A replication slot that nobody reads from: PostgreSQL keeps all WAL since, until the disk is full',
  action: 'Leave a slot behind, from {host}',
  proves: 'The slot is inactive, and its restart_lsn stays behind while WAL is written.',
  targets: 'data-host',
  options,
  needs: 'running',
  whenGone: 'the slot was taken out of the dynamic configuration by another hand',
  async refuses(context) {
    const { slot } = context.options
    if ((await readConfig(context)).slots?.[slot]) return `the dynamic configuration has a slot ${slot} already`
    const primary = await primaryOf(context)
    if (!primary) return 'there is no primary that could hold a slot'
    return (await slotOn(context, primary)) ? `${primary} has a slot ${slot} already` : null
  },
  /** Patroni drops a slot that it does not know, so this one is where Patroni reads what to keep: a permanent slot. */
  async apply(context) {
    const { slot } = context.options
    context.notes['hadSlots'] = ((await readConfig(context)).slots ?? null) !== null
    await context.save()
    await patchConfig(context, context.target.name, () => ({ slots: { [slot]: { type: 'physical' } } }))
    return `Made ${slot} a permanent physical slot in the dynamic configuration`
  },
  async proveEffect(context): Promise<Proof> {
    const { notes, sql } = context
    const primary = await primaryOf(context)
    const slot = primary && (await slotOn(context, primary))
    if (!primary || !slot) return { holds: false, observed: `no slot on ${primary ?? 'any primary'} yet` }
    const first = (notes['restartLsn'] ??= slot.restartLsn) as string | null
    // a little WAL, which nobody has to wait for: the slot has to stay where it was meanwhile
    await sql(primary, `SELECT pg_logical_emit_message(false, 'dojo', 'moves the position on')`)
    const now = await slotOn(context, primary)
    const held = now !== null && now.restartLsn !== null && now.restartLsn === first && !now.active
    return {
      holds: held && now.keptBytes > slot.keptBytes,
      observed: `${primary}: restart_lsn ${now?.restartLsn} (first ${first}), ${now?.active ? 'active' : 'inactive'}, ${now?.keptBytes} bytes of WAL kept`,
    }
  },
  effectWithinMs: 60_000,
  async heal(context) {
    const { notes, options: wanted, target } = context
    await patchConfig(context, target.name, async () => {
      // no key stays that was not there: an empty list of slots is one
      const others = Object.keys((await readConfig(context)).slots ?? {}).filter((name) => name !== wanted.slot)
      const nothingLeft = others.length === 0 && notes['hadSlots'] !== true
      return { slots: nothingLeft ? null : { [wanted.slot]: null } }
    })
  },
  async proveHealed(context): Promise<Proof> {
    const hosts = await runningWith(context, 'patroni')
    const found = await Promise.all(hosts.map(async (name) => ((await slotOn(context, name)) ? name : null)))
    const left = found.filter((name) => name !== null)
    return {
      holds: left.length === 0,
      observed: left.length === 0 ? `no such slot on ${hosts.join(', ')}` : `the slot is still on ${left.join(', ')}`,
    }
  },
  healedWithinMs: 60_000,
  holdsStill: async (context) => Boolean((await readConfig(context)).slots?.[context.options.slot]),
})
