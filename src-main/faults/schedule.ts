import type { FaultRecord, FaultSchedule } from '../contract/fault.js'

/** One injection of a request: when it is due, and which of how many it is. */
export interface Occurrence {
  dueAt: number
  n: number
  of: number
}

/** All injections of a request that was made now, in their order. */
export function occurrences({ afterMs = 0, everyMs = 0, times = 1 }: FaultSchedule, now: number): Occurrence[] {
  return Array.from({ length: times }, (_, i) => ({ dueAt: now + afterMs + i * everyMs, n: i + 1, of: times }))
}

/** Why a schedule makes no sense, in words for the one who asked; null when it does. */
export function whyNotScheduled({ forMs, everyMs, times }: FaultSchedule, endsByItself: boolean): string | null {
  if (everyMs !== undefined && times === undefined) return '"every" wants "times": how many in all'
  if (times !== undefined && times > 1 && everyMs === undefined)
    return '"times" wants "every": how long from one to the next'
  if (forMs !== undefined && endsByItself) return 'it ends by itself, so "for" has nothing to heal'
  if (forMs !== undefined && everyMs !== undefined && forMs >= everyMs) {
    return '"for" is not shorter than "every", so it would begin again before it has ended'
  }
  return null
}

/** When a fault is to heal by itself; null: when somebody heals it. */
export const healDueAt = ({ state, appliedAt, schedule }: FaultRecord): number | null =>
  state === 'active' && schedule?.forMs !== undefined ? appliedAt + schedule.forMs : null

/** Whether something is still to be done at its time. */
export const isPending = (record: FaultRecord): boolean => record.state === 'scheduled' || healDueAt(record) !== null

export type Due = 'inject' | 'miss' | 'heal' | null

/**
 * What a record wants now. Healing is never too late; an injection is, more than `tolerateMs` after its time: nobody who
 * waits for a fault expects it at another one.
 */
export function dueNow(record: FaultRecord, now: number, tolerateMs: number): Due {
  if (record.state === 'scheduled') {
    const dueAt = record.schedule?.dueAt ?? record.appliedAt
    if (dueAt > now) return null
    return now - dueAt > tolerateMs ? 'miss' : 'inject'
  }
  const healAt = healDueAt(record)
  return healAt !== null && healAt <= now ? 'heal' : null
}

/** When the next of these records wants something; null: none does. */
export function nextDueAt(records: readonly FaultRecord[]): number | null {
  const times = records.flatMap((record) => {
    const at = record.state === 'scheduled' ? (record.schedule?.dueAt ?? record.appliedAt) : healDueAt(record)
    return at === null ? [] : [at]
  })
  return times.length > 0 ? Math.min(...times) : null
}
