import type { EventKind, LabEvent } from '../../src-main/contract/record.js'
import { numberIn } from './event-data.js'
import { secondsText } from './words.js'

const lasted = (ms: number): string => secondsText(ms / 1000)

/** What an incident came to, in a few clauses: outage with its parts, losses, and whether all is whole again. */
export function breakdownOf(
  events: readonly LabEvent[],
  {
    from,
    until,
    left,
    lostBefore,
  }: { from: number; until: number | null; left: readonly string[]; lostBefore: number },
): string {
  const outages = outageIn(events)
  const words = outages.map((outage) => outageWords(events, outage, lostBefore))
  if (outages.length === 0) words.push('No outage was recorded')
  if (until !== null && outages.length > 0) words.push(`Whole again ${lasted(until - from)} after it began`)
  const away = left.flatMap((key) => stillWords(key, events))
  if (away.length > 0) words.push(`Still so: ${away.join(', ')}`)
  return `${words.join('. ')}.`
}

function stillWords(key: string, events: readonly LabEvent[]): string[] {
  const [what, name] = key.split(' ') as [string, string]
  if (what === 'away') return [`${name} is away`]
  if (what === 'stream') return [`${name} receives no WAL`]
  if (what === 'quorum') return ['etcd has no quorum']
  // the outage has its own words, and a fault shows in what it does
  const fault = what === 'fault' && events.find(({ kind, data }) => kind === 'fault.applied' && data['id'] === name)
  return fault ? [`${fault.text} is active`] : []
}

function outageWords(
  events: readonly LabEvent[],
  { from, until, ended }: ReturnType<typeof outageIn>[number],
  lostBefore: number,
): string {
  if (until === null) return 'Writes have not come back'
  const parts = partsOf(events, from, until)
  const verified = events.find(({ kind, t }) => (kind as string) === 'writes.verified' && t >= until)
  const compared = verified ? numberIn(verified.data, 'lost') : null
  const lost = compared === null ? ended && numberIn(ended.data, 'lost') : Math.max(0, compared - lostBefore)
  const unknown = ended && numberIn(ended.data, 'unknown')
  const counts = [
    lost === null ? null : `${lost} acknowledged writes lost`,
    unknown === null || unknown === 0 ? null : `${unknown} unknown`,
  ].filter((each) => each !== null)
  return [`Outage ${lasted(until - from)}${parts ? `: ${parts}` : ''}`, ...counts].join('; ')
}

/** The chain from the last write to the first one after it; each part is the time since the one before. */
const chain: { kinds: readonly EventKind[]; words: (event: LabEvent) => string }[] = [
  { kinds: ['lease.expired'], words: () => 'until the lease ran out' },
  { kinds: ['leader.released', 'leader.lost'], words: () => 'until the key was released' },
  { kinds: ['leader.taken'], words: ({ host }) => `until ${host ?? 'a standby'} took the key` },
  { kinds: ['promoted'], words: () => 'for the promotion' },
]

function partsOf(events: readonly LabEvent[], from: number, until: number): string {
  const parts: string[] = []
  let at = from
  for (const { kinds, words } of chain) {
    const event = events.find(({ kind, t }) => kinds.includes(kind) && t >= at && t <= until)
    if (!event) continue
    parts.push(`${lasted(event.t - at)} ${words(event)}`)
    at = event.t
  }
  if (parts.length > 0) parts.push(`${lasted(until - at)} until the first write`)
  return parts.join(', ')
}

/** When writes stopped and came back, as events tell it. */
function outageIn(events: readonly LabEvent[]): { from: number; until: number | null; ended: LabEvent | null }[] {
  return events
    .filter(({ kind }) => kind === 'outage.began')
    .map((began) => {
      const ended = events.find(({ kind, t }) => kind === 'outage.ended' && t >= began.t) ?? null
      const from = numberIn(began.data, 'lastAckAt') ?? began.t
      return { from, until: ended ? (numberIn(ended.data, 'until') ?? ended.t) : null, ended }
    })
}
