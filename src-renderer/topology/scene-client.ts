import { agoText, secondsText } from '../timeline/words.js'
import type { Fact, SceneInput } from './scene-base.js'

export interface ClientCard {
  facts: Fact[]
  /** Acknowledged writes per second; 0 while none comes back, null without a probe. */
  writes: number | null
  explain: string
}

export function clientCard({ state, now, info, recorded }: SceneInput): ClientCard {
  const { probe } = state
  const { host, port } = info.spec.client.readWrite
  const route = info.client.readWrite.others ? 'to whoever leads' : `by ${host}:${port}, the client’s route`
  if (!probe || !probe.running) {
    const last = probe
      ? 'The probe is stopped.'
      : recorded
        ? 'The probe did not run at that moment.'
        : 'The probe does not run.'
    return { facts: [{ text: 'no probe', tone: 'ink3' }], writes: null, explain: `${last} It would write ${route}.` }
  }
  const outage = probe.outages.findLast(({ lastAckAt, until }) => lastAckAt <= now && (until === null || until > now))
  const lost: Fact[] =
    probe.lost === null
      ? [{ text: `${probe.acknowledged.toLocaleString('en')} acked`, tone: 'ink2' }]
      : [{ text: `lost ${probe.lost}`, tone: probe.lost > 0 ? 'fault' : 'ink2' }]
  const unknown: Fact[] = probe.unknown > 0 ? [{ text: `unknown ${probe.unknown}`, tone: 'ink2' }] : []
  if (outage) {
    const words = secondsText(Math.max(0, now - outage.lastAckAt) / 1000)
    return {
      facts: [
        { text: 'no writes', tone: 'fault' },
        { text: `for ${agoText(now - outage.lastAckAt)}`, tone: 'fault' },
        ...unknown,
      ],
      writes: 0,
      explain: `No write ${route} was acknowledged for ${words}. ${probe.unknown} were sent and never answered: they may or may not be there.`,
    }
  }
  const rate = Math.round(probe.writesPerSecond)
  return {
    facts: [{ text: `${rate} writes/s`, short: `${rate}/s`, tone: 'ink' }, ...lost, ...unknown],
    writes: rate,
    explain: `A probe writes ${route}, and keeps a ledger: ${rate} acknowledged in the last second, ${probe.acknowledged.toLocaleString('en')} in all${
      probe.lost === null ? '' : `, ${probe.lost} of them lost`
    }.`,
  }
}
