import type { Outage } from '../contract/probe.js'
import type { LabEvent } from '../contract/record.js'

export const longestGapMs = 1000
export const mostMissed = 10

/** `began` once per outage, when it is clear that it is one; `ended` with the first acknowledgement after it. */
export type OutageEvent = { what: 'began' | 'ended'; outage: Outage }

/** The mark that it leaves on the timeline: at its first failed write, and at the first acknowledgement after it. */
export function outageRecord({ what, outage }: OutageEvent): LabEvent {
  const text = what === 'began' ? 'writes stop' : `outage ${outage.seconds.toFixed(1)} s`
  const t = what === 'began' ? outage.from : (outage.until ?? outage.from)
  return { t, k: 'event', kind: `outage.${what}`, text, data: { ...outage }, source: 'probe' }
}

export interface OutageTracker {
  /** `connectedAt`: when the connection that carried it was made. */
  acknowledged(sentAt: number, at: number, connectedAt?: number): OutageEvent[]
  missed(how: 'failed' | 'unknown', sentAt: number, at: number): OutageEvent[]
  /** Time passes: nothing at all may come back for a while. */
  tick(at: number): OutageEvent[]
  /** This process itself slept until now: unless an outage was under way, nothing is known of that time. */
  slept(at: number): void
  /** The app's clock was set: what was lies this much later on its axis now. */
  shift(byMs: number): void
  outages(at: number): Outage[]
}

/**
 * An outage is a gap between two acknowledgements of more than 1 s, or in which more than 10 writes were missed. Its
 * length runs from the last acknowledgement before to the first one after.
 */
export function trackOutages(startedAt: number): OutageTracker {
  let lastAckAt = startedAt
  let gap = { from: null as number | null, failed: 0, unknown: 0 }
  let open = false
  const ended: Outage[] = []

  const present = (at: number, until: number | null): Outage => {
    const { from, failed, unknown } = gap
    const seconds = ((until ?? at) - lastAckAt) / 1000
    return { from: from ?? lastAckAt, lastAckAt, until, seconds: Math.max(0, seconds), failed, unknown }
  }
  const tick = (at: number): OutageEvent[] => {
    if (open || gap.failed + gap.unknown === 0) return []
    if (at - lastAckAt <= longestGapMs && gap.failed + gap.unknown <= mostMissed) return []
    open = true
    return [{ what: 'began', outage: present(at, null) }]
  }
  return {
    acknowledged(sentAt, at, connectedAt) {
      // a gap that only shows when it is over, as when writes hung and then went through, counts all the same; one in
      // which nothing was tried is no evidence
      const long = at - lastAckAt > longestGapMs && (gap.from !== null || at - sentAt > longestGapMs)
      const events: OutageEvent[] = []
      if (open || long) {
        const outage = { ...present(at, at), ...(connectedAt === undefined ? {} : { connectedAt }) }
        if (!open) events.push({ what: 'began', outage: { ...outage, until: null } })
        ended.push(outage)
        events.push({ what: 'ended', outage })
      }
      open = false
      gap = { from: null, failed: 0, unknown: 0 }
      lastAckAt = Math.max(lastAckAt, at)
      return events
    },
    missed(how, sentAt, at) {
      gap[how]++
      gap.from = Math.min(gap.from ?? sentAt, sentAt)
      return tick(at)
    },
    tick,
    slept(at) {
      if (!open && gap.from === null) lastAckAt = Math.max(lastAckAt, at)
    },
    shift(byMs) {
      lastAckAt += byMs
      if (gap.from !== null) gap.from += byMs
    },
    outages: (at) => (open ? [...ended, present(at, null)] : [...ended]),
  }
}
