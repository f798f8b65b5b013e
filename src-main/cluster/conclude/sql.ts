import type { PostgresReading } from '../../contract/cluster.js'
import type { LabEvent } from '../../contract/record.js'
import type { Fact } from '../facts.js'
import { event } from './event.js'

/** Events from what PostgreSQL says of itself: promotion, demotion, archived WAL. */
export function concludeSql(): (fact: Fact) => LabEvent[] {
  const known = new Map<string, { reading: PostgresReading; t: number }>()
  const archived = new Set<string>()
  return (fact) => {
    if (fact.source !== 'sql' || !fact.reading) return []
    const { t, host, reading } = fact
    const before = known.get(host)
    known.set(host, { reading, t })
    const last = reading.archiver?.lastArchived ?? null
    if (!before) {
      if (last) archived.add(last)
      return []
    }
    const u = fact.u ?? t - before.t
    const events = turns(host, before.reading, reading, t, u)
    // a standby's archiver stands still, and shows what it archived as a primary
    if (last && !reading.inRecovery && !archived.has(last)) {
      archived.add(last)
      events.push(event(t, 'archive', 'sql', `${last} archived`, { host, u, data: { wal: last } }))
    }
    return events
  }
}

function turns(host: string, was: PostgresReading, is: PostgresReading, t: number, u: number): LabEvent[] {
  if (was.inRecovery && !is.inRecovery) {
    const data = { timeline: is.timeline, lsn: is.lsn }
    return [event(t, 'promoted', 'sql', `${host} promoted, timeline ${is.timeline}`, { host, u, data })]
  }
  if (!was.inRecovery && is.inRecovery) {
    const data = { timeline: is.timeline, lsn: is.lsn, lastSeenAsPrimary: was.lsn }
    // it can't have been a standby before this postmaster began
    const since = Math.min(u, Math.max(0, t - is.startedAt))
    return [event(t, 'demoted', 'sql', `${host} is a standby now`, { host, u: since, data })]
  }
  return []
}
