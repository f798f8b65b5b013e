import { bandSpans } from './bands.js'
import type { Frame } from './frame.js'
import { secondsText, momentText } from './words.js'

/** What the window shows, in one breath: who was what, and every outage. */
export function summaryOf({ tracks, hosts, outages, scale, zero, now }: Frame): string {
  const parts: string[] = []
  for (const host of hosts) {
    const spans = bandSpans(host, tracks.roles.get(host) ?? [], [], now).filter(
      (span) => span.to > scale.from && span.from < scale.to,
    )
    const words = spans.map(({ role, timeline, from }, index) => {
      const on = timeline === null || role === 'down' ? '' : ` on timeline ${timeline}`
      return index === 0 ? `${role}${on}` : `${role}${on} from ${momentText(from - zero)}`
    })
    if (words.length > 0) parts.push(`${host} ${words.slice(-4).join(', then ')}`)
  }
  for (const span of outages) {
    if ((span.until ?? now) < scale.from || span.from > scale.to) continue
    const lost = span.lost === null ? '' : `, lost ${span.lost}`
    const still = span.until === null ? ' so far' : ''
    parts.push(
      `outage ${secondsText(((span.until ?? now) - span.from) / 1000)}${still}${lost}, unknown ${span.unknown}`,
    )
  }
  const end = Math.min(scale.to, now)
  return `${momentText(scale.from - zero, 0)} to ${momentText(end - zero, 0)}: ${parts.join('; ')}`
}
