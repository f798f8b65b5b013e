import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { archiving, broken, disturb, isStillDisturbed, restore, whyNoArchive } from './archive-command.js'
import { defineFault } from './fault.js'

export const failingArchive = defineFault({
  kind: 'failing-archive',
  group: 'storage',
  summary: 'No WAL segment can be archived: PostgreSQL keeps them all, and tries again and again',
  action: 'Break the archive of {host}',
  proves: 'pg_stat_archiver counts failed attempts.',
  targets: 'data-host',
  options: z.strictObject({}),
  needs: 'running',
  notesFirst: true,
  alone: true,
  whenGone: 'archive_command was changed, by another hand',
  refuses: whyNoArchive,
  async apply(context) {
    await disturb(context, broken)
    return "Set archive_command to one that fails, through Patroni's configuration"
  },
  async proveEffect(context): Promise<Proof> {
    const { wanted, failedSince, failedSegment } = await archiving(context)
    return {
      holds: failedSince > 0,
      observed:
        failedSince > 0
          ? `pg_stat_archiver: ${failedSince} attempts failed, the last with ${failedSegment}`
          : `pg_stat_archiver: no attempt failed yet; ${wanted} is next`,
    }
  },
  effectWithinMs: 90_000,
  heal: restore,
  async proveHealed(context): Promise<Proof> {
    if (await isStillDisturbed(context)) return { holds: false, observed: 'archive_command still fails' }
    const { wanted, took } = await archiving(context)
    return { holds: took !== null, observed: `${wanted} is ${took === null ? 'not archived yet' : 'in the archive'}` }
  },
  healedWithinMs: 180_000,
  holdsStill: isStillDisturbed,
})
