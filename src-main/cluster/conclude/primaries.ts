import type { LabEvent } from '../../contract/record.js'
import { engineClock, type Clocks } from '../clocks.js'
import type { Fact } from '../facts.js'
import { event } from './event.js'

/**
 * One stretch in which a host accepted writes. A postmaster that was left as a primary does not come back from recovery, so
 * two looks at the same one as a primary prove everything between them, however far apart: a host that could not be
 * read meanwhile included. Only a freeze interrupts it, and the engine tells of that.
 */
interface Span {
  startedAt: number
  /** It may have begun as early as this. */
  earliest: number
  /** Seen writable at `first` and at `last`. */
  first: number
  last: number
  /** It was over by then; null while nobody knows of an end. */
  end: number | null
}

interface Broken {
  hosts: string[]
  spans: Span[]
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/**
 * The first safety invariant: never two writable primaries. Told as soon as it is proven, which can be long after it
 * happened, and once more with its whole interval when it is over.
 */
export function concludePrimaries(atMost: number | undefined, clocks: Clocks): (fact: Fact) => LabEvent[] {
  const spans = new Map<string, Span[]>()
  /** The last moment at which a host was seen not to accept writes. */
  const notWritable = new Map<string, number>()
  /** Told, and not over yet. */
  const broken = new Map<string, Broken>()
  const told = new Set<string>()

  const close = (host: string, end: number): LabEvent[] => {
    const open = spans.get(host)?.at(-1)
    if (!open || open.end !== null) return []
    open.end = Math.max(end, open.last)
    const over = [...broken].filter(([, { hosts, spans: theirs }]) => hosts.includes(host) && theirs.includes(open))
    return over.flatMap(([key, one]) => {
      broken.delete(key)
      const at = intervalOf(one.spans)
      const [least, most] = [at.to! - at.from, at.to! + at.toU - at.from + at.fromU].map(seconds)
      const text = `${one.hosts.join(' and ')} accepted writes at the same time: ${least} seen, ${most} at most`
      const data = { invariant: 'writablePrimaries', atMost, hosts: one.hosts, ...at }
      return [event(at.to!, 'invariant.restored', 'sql', text, { u: at.fromU + at.toU, data })]
    })
  }

  const writable = (host: string, t: number, half: number, startedAt: number): LabEvent[] => {
    const kept = spans.get(host) ?? []
    const open = kept.at(-1)
    const began = clocks.toApp(host, startedAt)?.t ?? 0
    const ended =
      open && open.end === null && open.startedAt !== startedAt ? close(host, Math.max(began, open.last)) : []
    if (open && open.end === null) open.last = Math.max(open.first, t - half)
    else {
      const earliest = Math.min(t, Math.max(began, notWritable.get(host) ?? began))
      const span = { startedAt, earliest, first: t + half, last: t + half, end: null }
      // older ones are only good for what is still being read of other hosts
      spans.set(host, [...kept.slice(-3), span])
    }
    return [...ended, ...overlaps(host)]
  }

  const overlaps = (host: string): LabEvent[] => {
    const mine = spans.get(host)!.at(-1)!
    const others = [...spans].flatMap(([name, theirs]) => {
      const met = name === host ? undefined : theirs.findLast((one) => meet(one, mine))
      return met ? [{ name, span: met }] : []
    })
    if (others.length === 0 || others.length < atMost!) return []
    const group = [{ name: host, span: mine }, ...others].toSorted((a, b) => (a.name < b.name ? -1 : 1))
    const key = group.map(({ name, span }) => `${name} ${span.first}`).join(', ')
    if (told.has(key)) return []
    told.add(key)
    const one = { hosts: group.map(({ name }) => name), spans: group.map(({ span }) => span) }
    const at = intervalOf(one.spans)
    const data = { invariant: 'writablePrimaries', atMost, hosts: one.hosts, ...at }
    const names = one.hosts.join(' and ')
    const events = [
      event(at.from, 'invariant.violated', 'sql', `${names} accept writes at the same time`, { u: at.fromU, data }),
    ]
    if (one.spans.every(({ end }) => end === null)) broken.set(key, one)
    return events
  }
  return (fact) => {
    if (atMost === undefined) return []
    if (fact.source === 'jump') {
      for (const span of [...spans.values()].flat()) shift(span, fact.axisMs)
      for (const [host, t] of notWritable) notWritable.set(host, t + fact.axisMs)
    }
    if (fact.source === 'engine') {
      const since = clocks.toApp(engineClock, fact.state.since)?.t ?? fact.t
      const at = fact.t - since < 10_000 ? Math.min(since, fact.t) : fact.t
      const runs = fact.state.container === 'running'
      const before = spans.get(fact.host)?.at(-1)
      // it may write from its thaw on, and not before
      if (!runs || before?.end !== null) notWritable.set(fact.host, at)
      return runs ? [] : close(fact.host, at)
    }
    // no answer is no evidence
    if (fact.source !== 'sql' || !fact.reading) return []
    const { t, half = 0, host, reading } = fact
    if (!reading.readOnly) return writable(host, t, half, reading.startedAt)
    const began = clocks.toApp(host, reading.startedAt)?.t
    const open = spans.get(host)?.at(-1)
    const replaced = open !== undefined && open.startedAt !== reading.startedAt && began !== undefined
    const events = close(host, replaced ? Math.min(began, t) : t)
    notWritable.set(host, t - half)
    return events
  }
}

/** Both were seen before and after one moment. */
const meet = (a: Span, b: Span): boolean => Math.max(a.first, b.first) <= Math.min(a.last, b.last)

type Interval = { from: number; fromU: number; to: number | null; toU: number }

/** From when to when all were writable for certain, and how much more it can have been on either side. */
function intervalOf(spans: readonly Span[]): Interval {
  const from = Math.max(...spans.map(({ first }) => first))
  const earliest = Math.max(...spans.map((span) => span.earliest))
  const ends = spans.flatMap(({ end }) => (end === null ? [] : [end]))
  if (ends.length === 0) return { from, fromU: from - earliest, to: null, toU: 0 }
  const to = Math.max(from, Math.min(...spans.map(({ last }) => last)))
  return { from, fromU: from - earliest, to, toU: Math.max(0, Math.min(...ends) - to) }
}

function shift(span: Span, byMs: number): void {
  span.earliest += byMs
  span.first += byMs
  span.last += byMs
  if (span.end !== null) span.end += byMs
}
