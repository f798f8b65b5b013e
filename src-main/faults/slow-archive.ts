import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { archiving, disturb, fillSegment, isStillDisturbed, restore, slowed, whyNoArchive } from './archive-command.js'
import { defineFault } from './fault.js'

const options = z.strictObject({
  seconds: z.int().min(2).max(60).default(10).describe('Seconds that every segment takes longer to be archived'),
})

export const slowArchive = defineFault({
  kind: 'slow-archive',
  group: 'storage',
  summary: 'Every WAL segment takes seconds to be archived: what is written faster than that waits on the WAL disk',
  action: 'Slow down the archive of {host}',
  proves: 'pg_stat_archiver says how long a segment took.',
  targets: 'data-host',
  options,
  needs: 'running',
  notesFirst: true,
  alone: true,
  whenGone: 'archive_command was changed, by another hand',
  refuses: whyNoArchive,
  async apply(context) {
    const { seconds } = context.options
    await disturb(context, (before) => slowed(before, seconds))
    return `Set archive_command to sleep for ${seconds} s before it archives, through Patroni's configuration`
  },
  async proveEffect(context): Promise<Proof> {
    const { wanted, took } = await archiving(context)
    if (took === null) return { holds: false, observed: `${wanted} is not archived yet` }
    const holds = took >= context.options.seconds
    // the archiver had not read its new command yet
    if (!holds) await fillSegment(context)
    return { holds, observed: `pg_stat_archiver: ${wanted} took ${took.toFixed(1)} s` }
  },
  effectWithinMs: 180_000,
  heal: restore,
  async proveHealed(context): Promise<Proof> {
    if (await isStillDisturbed(context)) return { holds: false, observed: 'archive_command still sleeps' }
    const { wanted, took } = await archiving(context)
    return {
      holds: took !== null,
      observed: took === null ? `${wanted} is not archived yet` : `${wanted} took ${took.toFixed(1)} s`,
    }
  },
  healedWithinMs: 180_000,
  holdsStill: isStillDisturbed,
})
