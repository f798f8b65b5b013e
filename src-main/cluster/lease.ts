import type { LeaseLeft } from './etcd-client.js'

export interface LeaseView {
  id: string
  ttlS: number
  leftMs: number
  readAt: number
  renewedAt: number | null
}

/**
 * What is known of a lease from readings in whole seconds. Patroni renews a lease by keep-alive, and no watch tells of
 * that: only a reading that can't be explained by the clock alone shows it. Each reading says that the lease ends
 * between `t + left` and `t + left + 1 s`; readings that agree narrow that down, one that does not is a renewal.
 */
export interface LeaseEstimate {
  id: string
  ttlS: number
  /** The lease ends after `from` and before `to`, unless renewed. */
  from: number
  to: number
  readAt: number
  /** Null until a reading has shown a renewal. */
  renewedAt: number | null
}

/** Slack for the way there and back, and for a clock that is adjusted. */
const slackMs = 150

/** Takes a reading in; `t` is the app's time in the middle of the call. */
export function readLease(before: LeaseEstimate | null, id: string, left: LeaseLeft, t: number): LeaseEstimate {
  const from = t + left.leftS * 1000
  const to = from + 1000
  const fresh = { id, ttlS: left.ttlS, from, to, readAt: t }
  if (!before || before.id !== id) return { ...fresh, renewedAt: null }
  if (from > before.to + slackMs) {
    // the renewal lies one ttl before the end, and after the reading before
    const latest = Math.min(t, to - left.ttlS * 1000)
    const earliest = Math.max(before.readAt, from - left.ttlS * 1000)
    return { ...fresh, renewedAt: Math.round(Math.min(t, Math.max(earliest, (earliest + latest) / 2))) }
  }
  const narrowed = { from: Math.max(from, before.from), to: Math.min(to, before.to) }
  const agrees = narrowed.to - narrowed.from > 0
  return { ...fresh, ...(agrees ? narrowed : {}), renewedAt: before.renewedAt }
}

/** The estimate at a moment. `leftMs` never says less than what etcd itself would, and never below 0. */
export function leaseAt(estimate: LeaseEstimate, t: number): LeaseView {
  const { id, ttlS, from, to, renewedAt } = estimate
  return { id, ttlS, leftMs: Math.max(0, Math.round((from + to) / 2 - t)), readAt: t, renewedAt }
}
