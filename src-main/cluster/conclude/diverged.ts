import type { LabEvent } from '../../contract/record.js'
import { applyChange, historyOf, lsnNumber, lsnText, type Keys } from '../dcs.js'
import type { Fact } from '../facts.js'
import { dcsKeys } from '../patroni-names.js'
import { event } from './event.js'

interface Ahead {
  from: number
  last: number
  startedAt: number
  timeline: number
  text: string
  told: boolean
}

/** A standby learns late on which timeline it is; a primary always knows. */
const standbyMs = 5_000

/**
 * A member never serves what is not in its leader's history: a primary, or a standby that streams, on timeline N and past
 * the position at which N + 1 began has transactions that nobody else has. It takes two looks at the same postmaster, and
 * more time for a standby.
 */
export function concludeDiverged(): (fact: Fact) => LabEvent[] {
  /** Where each timeline ended, by its number. */
  let ends = new Map<number, number>()
  let keys: Keys = new Map()
  const ahead = new Map<string, Ahead>()

  const over = (host: string, t: number): LabEvent[] => {
    const one = ahead.get(host)
    ahead.delete(host)
    if (!one?.told) return []
    const data = { invariant: 'divergedMember', hosts: [host], ...interval(one), to: one.last, toU: t - one.last }
    return [event(t, 'invariant.restored', 'sql', `${host} no longer serves a diverged history`, { host, data })]
  }

  return (fact) => {
    if (fact.source === 'jump') {
      for (const one of ahead.values()) {
        one.from += fact.axisMs
        one.last += fact.axisMs
      }
    }
    if (fact.source === 'keys') {
      const before = keys.get(dcsKeys.history)
      keys = applyChange(keys, fact.change)
      if (keys.get(dcsKeys.history) !== before) {
        ends = new Map(historyOf(keys).map(({ timeline, lsn }) => [timeline, lsn]))
      }
    }
    if (fact.source === 'engine' && fact.state.container !== 'running') return over(fact.host, fact.t)
    if (fact.source !== 'sql' || !fact.reading) return []
    const { t, u = 0, host, reading } = fact
    // an old primary that is back and streams from nobody waits to be rewound: that is how it has to be
    if (reading.inRecovery && reading.walReceiver?.status !== 'streaming') return over(host, t)
    const end = ends.get(reading.timeline)
    if (end === undefined || lsnNumber(reading.lsn) <= end) return over(host, t)
    const before = ahead.get(host)
    if (!before || before.startedAt !== reading.startedAt || before.timeline !== reading.timeline) {
      const { startedAt, timeline } = reading
      const text = `${host} serves timeline ${timeline} at ${reading.lsn}, past its end at ${lsnText(end)}`
      ahead.set(host, { from: t, last: t, startedAt, timeline, text, told: before?.told ?? false })
      return []
    }
    if (t === before.last) return []
    before.last = t
    if (before.told || (reading.inRecovery && t - before.from < standbyMs)) return []
    before.told = true
    const bytes = lsnNumber(reading.lsn) - end
    const data = { invariant: 'divergedMember', hosts: [host], ...interval(before), bytes, timeline: reading.timeline }
    return [event(before.from, 'invariant.violated', 'sql', before.text, { host, u, data })]
  }
}

const interval = ({ from }: Ahead) => ({ from, fromU: 0, to: null, toU: 0 })
