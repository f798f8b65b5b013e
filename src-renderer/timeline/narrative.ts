import type { EventKind, LabEvent } from '../../src-main/contract/record.js'
import { numberIn, textIn } from './event-data.js'
import { isCause, isEcho } from './marks.js'
import { breakdownOf } from './narrative-summary.js'
import { byOf, isTold, sentenceOf, type Around } from './sentences.js'

export interface Sentence {
  t: number
  /** From the incident's cause, in ms. */
  sinceMs: number
  words: string
  kind: EventKind
  host: string | null
  /** How uncertain its time is, in ms; null where the source is exact. */
  withinMs: number | null
}

/** A cause and what followed from it. */
export interface Incident {
  /** "Crash pg1"; what was noticed first, where nobody recorded a cause. */
  title: string
  from: number
  /** When everything that this incident opened was closed again; null while something is not. */
  until: number | null
  sentences: Sentence[]
  /** How long writes were out and of what that time is made up, what was lost, and how long until all was whole. */
  summary: string
}

/** Effects come this soon after what happened before them; what comes later is another matter. */
const quietMs = 60_000
/** A fault that comes after everything was whole, and not in the same breath, is a matter of its own. */
const calmMs = 2_000

const gone: readonly EventKind[] = ['host.crashed', 'host.stopped', 'host.frozen']
const back: readonly EventKind[] = ['host.started', 'host.thawed']
/** They begin a story even without a recorded cause. */
const alarms: readonly EventKind[] = [
  'outage.began',
  'lease.expired',
  'leader.lost',
  'leader.released',
  'quorum.lost',
  'demoted',
  'invariant.violated',
]

interface Draft {
  events: LabEvent[]
  /** What this incident opened and nobody closed yet: hosts that are away, faults, outage, quorum. */
  open: Set<string>
  last: number
}

/** The story of a lab: its incidents, oldest first, from events in the order of time and nothing else. */
export function narrativeOf(events: readonly LabEvent[]): Incident[] {
  const drafts: Draft[] = []
  let current: Draft | null = null
  for (const event of events) {
    if (!isTold(event)) continue
    const keys = keysOf(event)
    const owner = keys.closes && drafts.findLast(({ open }) => keys.closes!.some((key) => open.has(key)))
    if (owner) current = owner
    const anew = current !== null && isCause(event) && wholeIn(current) && event.t - current.last > calmMs
    const goesOn: boolean =
      current !== null && !anew && (current.open.has('outage') || event.t - current.last <= quietMs)
    if (!owner && !goesOn) {
      if (!isCause(event) && !alarms.includes(event.kind)) continue
      current = { events: [], open: new Set(), last: event.t }
      drafts.push(current)
    }
    current!.events.push(event)
    current!.last = Math.max(current!.last, event.t)
    for (const key of keys.opens) current!.open.add(key)
    for (const key of keys.closes ?? []) current!.open.delete(key)
  }
  return drafts.map((draft) => incidentOf(draft, events))
}

function keysOf({ kind, host, data }: LabEvent): { opens: string[]; closes: string[] | null } {
  const id = textIn(data, 'id')
  if (gone.includes(kind)) return { opens: [`away ${host}`], closes: null }
  if (back.includes(kind)) return { opens: [], closes: [`away ${host}`] }
  // one that is momentary has nothing to heal
  if (kind === 'fault.applied') return { opens: id && !data['momentary'] ? [`fault ${id}`] : [], closes: null }
  if (kind === 'fault.healed') return { opens: [], closes: [`fault ${id}`, `away ${host}`] }
  if (kind === 'outage.began') return { opens: ['outage'], closes: null }
  if (kind === 'outage.ended') return { opens: [], closes: ['outage'] }
  if (kind === 'quorum.lost') return { opens: ['quorum'], closes: null }
  if (kind === 'quorum.back') return { opens: [], closes: ['quorum'] }
  if (kind === 'replica.stopped') return { opens: [`stream ${host}`], closes: null }
  // a standby that leads now needs no upstream
  if (kind === 'replica.streaming' || kind === 'promoted') return { opens: [], closes: [`stream ${host}`] }
  return { opens: [], closes: null }
}

const wholeIn = ({ open, events }: Draft): boolean => [...open].every((key) => isOver(key, events))

function incidentOf({ events, open, last }: Draft, all: readonly LabEvent[]): Incident {
  const cause = events.find(isCause) ?? events[0]!
  const from = cause.t
  const told = events.filter((event) => !isEcho(event, all)).toSorted((a, b) => a.t - b.t)
  // a host that is back ends the fault that took it away, which nobody has to heal then
  const left = [...open].filter((key) => !isOver(key, events))
  const until = left.length === 0 ? last : null
  return {
    title: titleOf(cause, events),
    from,
    until,
    sentences: sentencesOf(told, events, from),
    summary: breakdownOf(events, { from, until, left, lostBefore: lostBefore(all, from) }),
  }
}

/** A comparison of ledger and rows counts from the probe's start; what was lost before this incident is not its own. */
function lostBefore(all: readonly LabEvent[], from: number): number {
  const verified = all.findLast(({ kind, t }) => (kind as string) === 'writes.verified' && t < from)
  return (verified && numberIn(verified.data, 'lost')) ?? 0
}

function isOver(key: string, events: readonly LabEvent[]): boolean {
  const id = key.startsWith('fault ') ? key.slice(6) : null
  const applied = id && events.find(({ kind, data }) => kind === 'fault.applied' && data['id'] === id)
  return Boolean(
    applied && events.some(({ kind, host, t }) => back.includes(kind) && host === applied.host && t > applied.t),
  )
}

function titleOf(cause: LabEvent, events: readonly LabEvent[]): string {
  const fault = events.find((event) => event.kind === 'fault.applied' && event.host === cause.host && isCause(cause))
  const words = (fault ?? cause).text
  return isCause(cause) ? words.charAt(0).toUpperCase() + words.slice(1) : `Without a known cause: ${words}`
}

function sentencesOf(told: readonly LabEvent[], events: readonly LabEvent[], from: number): Sentence[] {
  const holders = new Set(
    events.flatMap(({ kind, host }) => (host && ['lease.expired', 'leader.released'].includes(kind) ? [host] : [])),
  )
  const around: Around = { holders, by: '', freeAt: null, takenAt: null }
  return told.map((event): Sentence => {
    const { t, kind, host, u } = event
    const fault = events.find(
      (each) => each.kind === 'fault.applied' && each.host === host && Math.abs(each.t - t) < 5_000,
    )
    around.by = byOf(fault)
    const words = sentenceOf(event, around)
    if (['lease.expired', 'leader.released', 'leader.lost'].includes(kind)) around.freeAt = t
    if (kind === 'leader.taken') around.takenAt = t
    return { t, sinceMs: t - from, words, kind, host: host ?? null, withinMs: u && u >= 50 ? u : null }
  })
}
