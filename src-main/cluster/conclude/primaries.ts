import type { LabEvent } from '../../contract/record.js'
import type { Fact } from '../facts.js'
import { event } from './event.js'

type Look = { t: number; startedAt: number }

/** Two looks further apart than this may have a restart or a freeze between them. */
const bracketMs = 3_000

/**
 * The first safety invariant: never two writable primaries. Two hosts are never read at the same instant, so it takes one
 * that is seen writable before AND after the moment at which the other was: then both were, at that moment.
 */
export function concludePrimaries(atMost: number | undefined): (fact: Fact) => LabEvent[] {
  const writable = new Map<string, Look[]>()
  let violated = ''
  return (fact) => {
    if (fact.source !== 'sql' || atMost === undefined) return []
    const { t, host, reading } = fact
    // no answer is no evidence: what was seen a moment ago stands
    if (!reading) return []
    if (reading.readOnly) {
      writable.delete(host)
      if (violated.split(', ').includes(host)) violated = ''
      return []
    }
    const looks = (writable.get(host) ?? []).filter((look) => look.startedAt === reading.startedAt).slice(-1)
    writable.set(host, [...looks, { t, startedAt: reading.startedAt }])
    const before = looks.at(-1)?.t ?? t
    if (t - before > bracketMs) return []
    const others = [...writable].filter(
      ([name, seen]) => name !== host && seen.some((look) => look.t >= before && look.t <= t),
    )
    const names = [host, ...others.map(([name]) => name)].toSorted().join(', ')
    if (others.length < atMost || others.length === 0 || names === violated) return []
    violated = names
    const data = { invariant: 'writablePrimaries', atMost, hosts: names.split(', ') }
    return [event(t, 'invariant.violated', 'sql', `${names} accept writes at the same time`, { u: t - before, data })]
  }
}
