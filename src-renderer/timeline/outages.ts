import type { Outage, ProbeStats } from '../../src-main/contract/probe.js'
import type { LabEvent } from '../../src-main/contract/record.js'
import { numberIn } from './event-data.js'
import type { Tracks } from './tracks.js'

/** A hole in the client's writes: from the last acknowledgement before it to the first after it. */
export interface OutageSpan {
  from: number
  /** Null while it lasts. */
  until: number | null
  failed: number
  unknown: number
  /** Acknowledged writes that are not there any more; null until somebody looked. */
  lost: number | null
}

/**
 * Outages as the probe's events tell them. What the events leave out is counted from the ticks; `lost` is only what a
 * comparison of ledger and table after the outage has shown.
 */
export function outagesOf(tracks: Tracks, probe: ProbeStats | null): OutageSpan[] {
  const spans: OutageSpan[] = []
  for (const event of tracks.events) {
    if (event.kind === 'outage.began') spans.push(beganAt(event))
    if (event.kind === 'outage.ended') {
      const open = spans.at(-1)
      if (open && open.until === null) end(open, event)
      else spans.push(end(beganAt(event), event))
    }
  }
  for (const outage of probe?.outages ?? []) take(spans, outage)
  spans.sort((a, b) => a.from - b.from)
  for (const span of spans) {
    const { failed, unknown } = tracks.client.count(span.from, span.until ?? Number.POSITIVE_INFINITY)
    span.failed = Math.max(span.failed, failed)
    span.unknown = Math.max(span.unknown, unknown)
    if (span.lost === null && span.until !== null && probe?.lost !== null && (probe?.verifiedAt ?? 0) >= span.until) {
      span.lost = probe?.lost ?? null
    }
  }
  return spans
}

function beganAt(event: LabEvent): OutageSpan {
  const from = numberIn(event.data, 'lastAckAt') ?? numberIn(event.data, 'from') ?? event.t
  return { from, until: null, failed: 0, unknown: 0, lost: null }
}

function end(span: OutageSpan, { t, data }: LabEvent): OutageSpan {
  span.until = numberIn(data, 'until') ?? t
  span.failed = numberIn(data, 'failed') ?? 0
  span.unknown = numberIn(data, 'unknown') ?? 0
  span.lost = numberIn(data, 'lost')
  return span
}

/** The probe's own list is newer than the events while an outage lasts, and the same after it. */
function take(spans: OutageSpan[], outage: Outage): void {
  const known = spans.find((span) => Math.abs(span.from - outage.lastAckAt) < 1_000)
  if (!known) {
    const { lastAckAt, until, failed, unknown } = outage
    spans.push({ from: lastAckAt, until, failed, unknown, lost: null })
    return
  }
  known.until ??= outage.until
  known.failed = Math.max(known.failed, outage.failed)
  known.unknown = Math.max(known.unknown, outage.unknown)
}

export const secondsOf = (span: OutageSpan, now: number): number => ((span.until ?? now) - span.from) / 1000

/** The outage that a moment lies in. */
export const outageAt = (spans: readonly OutageSpan[], t: number): OutageSpan | undefined =>
  spans.find((span) => span.from <= t && t < (span.until ?? Number.POSITIVE_INFINITY))
