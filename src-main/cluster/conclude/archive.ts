import type { LabEvent } from '../../contract/record.js'
import type { Clocks } from '../clocks.js'
import type { Fact } from '../facts.js'
import { event } from './event.js'

/**
 * Archived WAL, and an archive command that begins to fail or works again, as pg_stat_archiver of the primary has it. A
 * standby's archiver stands still, and shows what it did as a primary.
 */
export function concludeArchive(clocks: Clocks): (fact: Fact) => LabEvent[] {
  const archived = new Set<string>()
  const known = new Map<string, { t: number; failed: number }>()
  const failing = new Set<string>()
  return (fact) => {
    if (fact.source !== 'sql' || !fact.reading?.archiver) return []
    const { t, host, reading } = fact
    const { lastArchived, lastArchivedAt, failedCount, lastFailed, lastFailedAt } = reading.archiver!
    const before = known.get(host)
    known.set(host, { t, failed: failedCount })
    if (!before || reading.inRecovery) {
      if (lastArchived) archived.add(lastArchived)
      failing.delete(host)
      return []
    }
    const polled = { t, u: fact.u ?? t - before.t }
    /** The archiver's own time, when it can be true: a new primary shows some of before it was asked first. */
    const when = (stamp: number | null | undefined): { t: number; u: number } => {
      const own = stamp ? clocks.toApp(host, stamp) : null
      return own && own.t <= t + own.u && own.t >= t - polled.u - own.u ? { ...own, t: Math.min(own.t, t) } : polled
    }
    const events: LabEvent[] = []
    if (failedCount > before.failed && !failing.has(host)) {
      failing.add(host)
      const at = when(lastFailedAt)
      const data = { wal: lastFailed ?? null, failedCount }
      events.push(event(at.t, 'archive.failing', 'sql', `archiving fails on ${host}`, { host, u: at.u, data }))
    }
    if (!lastArchived || archived.has(lastArchived)) return events
    archived.add(lastArchived)
    const at = when(lastArchivedAt)
    const extra = { host, u: at.u, data: { wal: lastArchived } }
    if (failing.delete(host))
      events.push(event(at.t, 'archive.working', 'sql', `archiving works again on ${host}`, extra))
    return [...events, event(at.t, 'archive', 'sql', `${lastArchived} archived`, extra)]
  }
}
