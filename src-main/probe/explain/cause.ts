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

const kindOf = ({ kind, data: { fault } }: LabEvent): string =>
  typeof fault === 'string' ? fault : (causes[kind] ?? kind)

/**
 * What happened nearest to the last acknowledged write, and not after the key was gone; only the end of the old leader's host
 * is told later than it gave up the key. Where an event of the cluster and the fault that made it lie close together, the
 * fault has the name, and whatever came first the time.
 */
export function causeOf(outage: Outage, events: readonly LabEvent[], gone: LabEvent | undefined): Cause {
  const { lastAckAt } = outage
  const inTime = ({ t, kind, host }: LabEvent): boolean =>
    !gone || t <= gone.t || (kind === 'host.stopped' && host === gone.host)
  const found = events
    .filter((event) => causes[event.kind] !== undefined && !mends.has(kindOf(event)) && inTime(event))
    .toSorted((a, b) => Math.abs(a.t - lastAckAt) - Math.abs(b.t - lastAckAt))
  const nearest = found[0]
  if (!nearest) return { kind: 'unknown', t: lastAckAt, text: 'the record names no cause' }
  const together = found.filter(({ host, t }) => host === nearest.host && Math.abs(t - nearest.t) < 5_000)
  const named = together.find(({ kind }) => kind === 'fault.applied') ?? nearest
  return { kind: kindOf(named), t: Math.min(...together.map(({ t }) => t)), text: named.text }
}
