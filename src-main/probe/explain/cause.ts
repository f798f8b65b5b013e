import type { ExplainedOutage, Outage } from '../../contract/probe.js'
import type { EventKind, LabEvent } from '../../contract/record.js'

type Cause = ExplainedOutage['cause']

/** Events that can stop writes, and what that is called where the event does not say it itself. */
const causes: Partial<Record<EventKind, string>> = {
  'fault.applied': 'fault',
  'host.crashed': 'crash',
  'host.stopped': 'stop',
  'host.frozen': 'freeze',
  'service.killed': 'kill',
  'switchover.requested': 'switchover',
  'quorum.lost': 'quorum',
}

/** A fault that gives back is no cause. */
const mends = new Set(['start'])

/**
 * What happened nearest to the last acknowledged write. Where an event of the cluster and the fault that made it lie close
 * together, the fault has the name, and whatever came first the time.
 */
export function causeOf(outage: Outage, events: readonly LabEvent[]): Cause {
  const { lastAckAt } = outage
  const found = events
    .filter(({ kind, data }) => causes[kind] !== undefined && !mends.has(String(data['fault'])))
    .map((event) => ({ event, off: Math.abs(event.t - lastAckAt) }))
    .toSorted((a, b) => a.off - b.off)
  const nearest = found[0]?.event
  if (!nearest) return { kind: 'unknown', t: lastAckAt, text: 'the record names no cause' }
  const together = found
    .map(({ event }) => event)
    .filter(({ host, t }) => host === nearest.host && t >= nearest.t - 5_000)
  const fault = together.find(({ kind }) => kind === 'fault.applied')
  const named = fault ?? nearest
  const kind = String(named.data['fault'] ?? causes[named.kind])
  return { kind, t: Math.min(nearest.t, fault?.t ?? nearest.t), text: named.text }
}
