import type { ExplainedOutage, Outage, OutagePhase, Predicted } from '../../contract/probe.js'
import type { EventKind, LabEvent, LabRecord } from '../../contract/record.js'
import { causeOf } from './cause.js'
import { predictPhases, predictWhole, timingAt, type Timing } from './predict.js'

/** A leader that was cut off gives up a while after the cause: so far back a cause may lie. */
const lookBackMs = 25_000
/** What is polled is seen a little late. */
const seenLateMs = 3_000
/** Clocks of the engine and of this process, and an event told a moment before the last answer arrived. */
const slackMs = 1_000

type Phase = OutagePhase['phase']
/** Where a phase ends: `u` is how far off that may be, in ms. */
interface Bound {
  phase: Phase
  t: number
  u: number
  doing: string
  evidence: string
}

/**
 * Splits an outage into phases, from what the recorder kept: pure, so that an outage of last week can be explained. The
 * phases have no gaps and add up to the outage, as each ends where the next begins; where the record does not show an end,
 * the time belongs to the phase after it, and its uncertainty says so.
 */
export function explainOutage(
  outage: Outage,
  records: readonly LabRecord[],
  settings: Timing,
  now: number,
): ExplainedOutage {
  const end = outage.until ?? now
  const timing = timingAt(outage.lastAckAt, records, settings)
  const events = records
    .filter((record): record is LabEvent => record.k === 'event' && record.source !== 'probe')
    .filter(({ t }) => t >= outage.lastAckAt - lookBackMs && t <= end + seenLateMs)
    .toSorted((a, b) => a.t - b.t)
  const during = events.filter(({ t }) => t >= outage.lastAckAt - slackMs && t <= end)
  const gone = during.find(({ kind }) => keyGone.includes(kind))
  const how = gone ? (gone.kind === 'leader.released' ? 'released' : 'expired') : 'same-leader'
  const cause = causeOf(outage, gone ? events : events.filter(({ t }) => t <= end), gone)
  const bounds = gone ? failover({ outage, events, during, gone, timing }) : sameLeader(outage, during)
  const predicted = predictPhases(how, cause.kind, outage, records, timing)
  const phases = phasesOf(outage, end, bounds, how).map((phase) => {
    const expected = predicted[phase.phase]
    return expected ? { ...phase, predicted: fromItsBegin(expected, phase, outage) } : phase
  })
  const whole = predictWhole(predicted)
  return {
    outage: { ...outage, seconds: (end - outage.lastAckAt) / 1000 },
    cause,
    how,
    phases,
    ...(whole ? { predicted: whole } : {}),
    sentence: sentenceOf(outage, end, phases),
  }
}

/** What is predicted of the lease counts from the last acknowledged write, and a part of that may be behind it. */
function fromItsBegin(expected: Predicted, { phase, from }: OutagePhase, { lastAckAt }: Outage): Predicted {
  const gone = phase === 'lease' ? (from - lastAckAt) / 1000 : 0
  const left = (s: number): number => Math.max(0, Math.round((s - gone) * 1000) / 1000)
  return { ...expected, fromS: left(expected.fromS), toS: left(expected.toS) }
}

const keyGone: readonly EventKind[] = ['lease.expired', 'leader.released', 'leader.lost']

interface Failover {
  outage: Outage
  /** With what was seen a little after the end: promotion is polled. */
  events: readonly LabEvent[]
  during: readonly LabEvent[]
  gone: LabEvent
  timing: Timing
}

function failover({ outage, events, during, gone, timing }: Failover): Bound[] {
  const old = gone.host ?? 'the old leader'
  const bounds: Bound[] = []
  if (gone.kind === 'leader.released') {
    bounds.push(boundAt(gone, 'detection', `until ${old} was down and gave up the leader key`))
  } else {
    const noticed = during.find(({ kind, t }) => kind === 'replica.stopped' && t <= gone.t)
    if (noticed) bounds.push(boundAt(noticed, 'detection', `until ${noticed.host ?? 'the standby'} noticed`))
    bounds.push(boundAt(gone, 'lease', `waiting for the lease (ttl ${timing.ttl})`))
  }
  const taken = during.find(({ kind, t }) => kind === 'leader.taken' && t >= gone.t)
  if (taken) bounds.push(boundAt(taken, 'election', `until ${taken.host ?? 'somebody'} took the leader key`))
  const promoted = taken && events.find((one) => one.kind === 'promoted' && one.host === taken.host && one.t >= gone.t)
  if (promoted) bounds.push(boundAt(promoted, 'promotion', `promoting ${promoted.host ?? 'it'}`))
  return [...bounds, ...clientBounds(outage)]
}

/** What lets a leader that kept its key serve again. */
const recoveries: readonly EventKind[] = [
  'sync.changed',
  'promoted',
  'host.thawed',
  'host.started',
  'fault.healed',
  'quorum.back',
  'replica.streaming',
]

function sameLeader(outage: Outage, during: readonly LabEvent[]): Bound[] {
  const mended = during.findLast(({ kind, t }) => recoveries.includes(kind) && t >= outage.lastAckAt)
  const bounds = mended ? [boundAt(mended, 'detection', `until ${mended.text}`)] : []
  return [...bounds, ...clientBounds(outage)]
}

/** A connection from before the outage was kept: then no routing came in between. */
function clientBounds({ until, lastAckAt, connectedAt }: Outage): Bound[] {
  if (until === null) return []
  const connected: Bound[] =
    connectedAt !== undefined && connectedAt > lastAckAt
      ? [
          {
            phase: 'routing',
            t: connectedAt,
            u: 200,
            doing: 'until the client was connected again',
            evidence: 'the connection that carried the first write was made',
          },
        ]
      : []
  const first = {
    phase: 'write' as const,
    t: until,
    u: 0,
    doing: 'until a write came back',
    evidence: 'first acknowledgement',
  }
  return [...connected, first]
}

/** A polled source saw it at `t`, and it became true at most `u` before: the middle, give or take half. */
const boundAt = ({ t, u = 0, text }: LabEvent, phase: Phase, doing: string): Bound => ({
  phase,
  t: t - u / 2,
  u: u / 2,
  doing,
  evidence: text,
})

const order: readonly Phase[] = ['detection', 'lease', 'election', 'promotion', 'routing', 'write']

function phasesOf(
  { lastAckAt, until }: Outage,
  end: number,
  bounds: readonly Bound[],
  how: ExplainedOutage['how'],
): OutagePhase[] {
  const all = until === null ? [...bounds, stillIn(bounds, end)] : bounds
  let from = lastAckAt
  let before = 0
  return all.map(({ phase, t, u, doing, evidence }, index) => {
    // the client's own end bounds them all: what was polled may have been seen later than it was used
    const at = Math.round(Math.min(Math.max(t, from), end))
    const length = at - from
    const skipped = how !== 'same-leader' && skips(all[index - 1]?.phase, phase)
    const off = skipped ? Math.max(length, before + u) : before + u
    const made: OutagePhase = {
      phase,
      from,
      until: at,
      seconds: length / 1000,
      uncertainty: Math.round(Math.min(off, end - lastAckAt)) / 1000,
      doing,
      evidence,
    }
    from = at
    before = u
    return made
  })
}

/** Whether a failover went through a phase between these two that the record does not show. */
const skips = (last: Phase | undefined, phase: Phase): boolean =>
  order.indexOf(phase) - Math.max(order.indexOf('lease'), order.indexOf(last ?? 'lease')) > 1

function stillIn(bounds: readonly Bound[], end: number): Bound {
  const last = bounds.at(-1)?.phase
  const phase = last === undefined ? 'detection' : (order[order.indexOf(last) + 1] ?? 'write')
  return { phase, t: end, u: 0, doing: `so far, ${waitingFor[phase]}`, evidence: 'it still lasts' }
}

const waitingFor: Record<Phase, string> = {
  detection: 'until somebody notices',
  lease: 'waiting for the lease',
  election: 'until somebody takes the leader key',
  promotion: 'until a standby is promoted',
  routing: 'until the client is connected again',
  write: 'until a write comes back',
}

/** "outage 21.9 s, of it 18.7 s waiting for the lease (ttl 20)" */
function sentenceOf({ lastAckAt, until }: Outage, end: number, phases: readonly OutagePhase[]): string {
  const longest = phases.toSorted((a, b) => b.seconds - a.seconds)[0]
  const whole = `outage ${seconds((end - lastAckAt) / 1000)}${until === null ? ' so far' : ''}`
  return longest ? `${whole}, of it ${seconds(longest.seconds)} ${longest.doing}` : whole
}

const seconds = (s: number): string => `${s.toFixed(1)} s`
