import type { PostgresReading } from '../../contract/cluster.js'
import type { LabEvent } from '../../contract/record.js'
import type { Clocks } from '../clocks.js'
import type { Fact } from '../facts.js'
import { event } from './event.js'

/** Events from what PostgreSQL says of itself: promotion and demotion. */
export function concludeSql(clocks: Clocks): (fact: Fact) => LabEvent[] {
  const known = new Map<string, { reading: PostgresReading; t: number }>()
  return (fact) => {
    if (fact.source !== 'sql' || !fact.reading) return []
    const { t, host, reading } = fact
    const before = known.get(host)
    known.set(host, { reading, t })
    if (!before) return []
    const u = fact.u ?? t - before.t
    const startedAt = clocks.toApp(host, reading.startedAt)?.t ?? reading.startedAt
    return turns(host, before.reading, reading, { t, u, startedAt })
  }
}

type When = { t: number; u: number; startedAt: number }

function turns(host: string, was: PostgresReading, is: PostgresReading, when: When): LabEvent[] {
  const { t, u, startedAt } = when
  if (was.inRecovery && !is.inRecovery) {
    const data = { timeline: is.timeline, lsn: is.lsn }
    return [event(t, 'promoted', 'sql', `${host} promoted, timeline ${is.timeline}`, { host, u, data })]
  }
  if (!was.inRecovery && is.inRecovery) {
    const data = { timeline: is.timeline, lsn: is.lsn, lastSeenAsPrimary: was.lsn }
    // it can't have been a standby before this postmaster began
    const since = Math.min(u, Math.max(0, t - startedAt))
    return [event(t, 'demoted', 'sql', `${host} is a standby now`, { host, u: since, data })]
  }
  return []
}
