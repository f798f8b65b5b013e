import type { LabEvent, LabRecord } from '../../src-main/contract/record.js'
import { numberIn } from './event-data.js'

/** A broken safety rule as the records of a lab tell it. */
export interface Violation {
  /** The same for the same event, also after a reload. */
  id: string
  t: number
  /** Of the time, in ms; null where it is exact. */
  withinMs: number | null
  /** "pg1 and pg2 accept writes at the same time". */
  words: string
  hosts: string[]
  /** When the rule was broken for certain; `until` is null while it is, and where nobody knows its end. */
  from: number
  until: number | null
}

/** Without an end of its own a violation stands for this long beside the moment at which it was seen. */
const seenForMs = 3_000

/** Said when a rule holds again; older records have none. */
const restored: string = 'invariant.restored'
export const isAboutRules = (record: LabRecord): record is LabEvent =>
  record.k === 'event' && (record.kind === 'invariant.violated' || record.kind === restored)

function violationOf({ t, u, text, host, data }: LabEvent): Violation {
  const hosts = Array.isArray(data['hosts']) ? data['hosts'].filter((each) => typeof each === 'string') : []
  return {
    id: `${t} ${text}`,
    t,
    withinMs: u && u >= 50 ? u : null,
    words: text,
    hosts: hosts.length > 0 ? hosts : host ? [host] : [],
    from: numberIn(data, 'from') ?? t,
    until: numberIn(data, 'to'),
  }
}

/** Every broken rule, in the order of time; the event of its end is told by the same begin and the same hosts. */
export function violationsIn(events: readonly LabEvent[]): Violation[] {
  const found: Violation[] = []
  for (const event of events.filter(isAboutRules)) {
    const one = violationOf(event)
    if (event.kind === 'invariant.violated') found.push(one)
    else {
      const begun = found.findLast(({ from, hosts }) => from === one.from && hosts.join() === one.hosts.join())
      if (begun) begun.until = one.until ?? one.t
    }
  }
  return found
}

/** Rules that were broken at a moment. */
export const violationsAt = (events: readonly LabEvent[], t: number): Violation[] =>
  violationsIn(events).filter(
    (each) => t >= each.from - (each.withinMs ?? 0) && t <= (each.until ?? each.t) + seenForMs,
  )
