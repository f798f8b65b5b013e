import type { LabRecord } from '../../contract/record.js'
import type { ExplainedOutage, Outage, OutagePhase, Predicted } from '../../contract/probe.js'
import { writeChecks } from '../../lab/render/haproxy.js'

/** Settings that decide how long an outage lasts, in seconds. */
export interface Timing {
  ttl: number
  loopWait: number
  retryTimeout: number
  /** Whether a proxy that asks Patroni stands between the client and the hosts. */
  proxied: boolean
}

/** etcd looks for leases that ran out twice a second, and grants whole seconds. */
const leaseSlackS = 1
/** Before it takes the key a standby asks every other member, and one that is gone costs it this much. */
const askingS = 2
/** Ending recovery: replaying what is left, and the new timeline. No setting says how long; small clusters are quick. */
const promotionS = 2
/** The client's own: connecting again every 0.2 s, and 2 s for a connection or a write that hangs. */
const clientS = 2.2

/** What was left of the lease at a moment, by the reading nearest to it; null where none is near. */
export function leaseLeftAt(t: number, records: readonly LabRecord[]): number | null {
  let best: { left: number; off: number } | null = null
  for (const record of records) {
    if (record.k !== 'lease' || record.leftMs === null) continue
    const off = Math.abs(record.t - t)
    if (off <= 1_500 && (!best || off < best.off)) best = { left: (record.leftMs + record.t - t) / 1000, off }
  }
  return best && Math.max(0, best.left)
}

/** What was in force then: the lease records say which ttl that was. */
export function timingAt(t: number, records: readonly LabRecord[], now: Timing): Timing {
  const lease = records.findLast((record) => record.k === 'lease' && record.t <= t)
  return lease?.k === 'lease' ? { ...now, ttl: lease.ttlS } : now
}

type Phase = OutagePhase['phase']

/** What the settings let expect of each phase, from the last acknowledged write on. */
export function predictPhases(
  how: ExplainedOutage['how'],
  cause: string,
  outage: Outage,
  records: readonly LabRecord[],
  timing: Timing,
): Partial<Record<Phase, Predicted>> {
  if (how === 'same-leader') return {}
  const { loopWait, proxied } = timing
  const { downMs, rise, timeoutMs } = writeChecks
  return {
    ...(how === 'expired'
      ? { lease: predictLease(cause, outage, records, timing) }
      : {
          detection: {
            fromS: 0,
            toS: 3 * loopWait,
            because: `the key is given up once PostgreSQL is down, and a synchronous standby lets go within 2 x loop_wait (${loopWait})`,
          },
        }),
    election: {
      fromS: 0,
      toS: loopWait + askingS,
      because: `a standby watches the key; it asks the others first, ${askingS} s for one that is gone, and acts within loop_wait (${loopWait})`,
    },
    promotion: { fromS: 0, toS: promotionS, because: 'no setting: what is left to replay' },
    ...(proxied
      ? {
          routing: {
            fromS: 0,
            toS: (downMs * rise + timeoutMs) / 1000 + clientS,
            because: `the proxy asks a server that is down every ${downMs} ms (rise ${rise}, ${timeoutMs} ms for an answer); the client connects again`,
          },
        }
      : { routing: { fromS: 0, toS: clientS, because: 'the client tries its hosts again every 0.2 s' } }),
    write: { fromS: 0, toS: clientS, because: 'the next write, or one that hangs and is given up after 2 s' },
  }
}

/** After these the old leader can't do anything any more, not even give up. */
const silent = new Set(['crash', 'freeze'])

function predictLease(cause: string, outage: Outage, records: readonly LabRecord[], timing: Timing): Predicted {
  const { ttl, loopWait, retryTimeout } = timing
  const { lastAckAt, until } = outage
  const election = records.find(
    (one) =>
      one.k === 'event' && one.kind === 'etcd.leader' && one.t >= lastAckAt - 500 && one.t <= (until ?? Infinity),
  )
  // a new leader of etcd grants every lease its whole time again, and the time of an election on top
  const extended = election ? (election.t - lastAckAt) / 1000 + ttl + 2 * leaseSlackS : 0
  const left = leaseLeftAt(lastAckAt, records)
  const range =
    left === null
      ? { fromS: Math.max(0, ttl - loopWait - leaseSlackS), toS: ttl + leaseSlackS }
      : { fromS: Math.max(0, left - leaseSlackS), toS: Math.min(ttl, left + loopWait) + leaseSlackS }
  const givesUp = silent.has(cause)
    ? ''
    : `; a leader that can't reach etcd stops taking writes within retry_timeout (${retryTimeout}), and the key still waits for its lease`
  const lease =
    left === null
      ? `ttl ${ttl}, renewed every loop_wait (${loopWait})`
      : `${left.toFixed(1)} s of the lease were left at the last acknowledged write (ttl ${ttl}, renewed every loop_wait, ${loopWait})`
  const because = `${lease}${givesUp}`
  if (extended <= range.toS) return { ...range, because }
  return { ...range, toS: extended, because: `${because}; etcd elected a leader meanwhile, which extends every lease` }
}

/** The whole outage, from the phases that the settings say something about. */
export function predictWhole(phases: Partial<Record<Phase, Predicted>>): Predicted | undefined {
  const all = Object.values(phases)
  if (all.length === 0) return undefined
  const sum = (pick: (one: Predicted) => number): number =>
    Math.round(all.reduce((total, one) => total + pick(one), 0) * 10) / 10
  const { lease, detection } = phases
  const first = lease ?? detection
  return { fromS: sum(({ fromS }) => fromS), toS: sum(({ toS }) => toS), because: first?.because ?? '' }
}
