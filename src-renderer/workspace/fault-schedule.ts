import type { FaultRecord, FaultSchedule } from '../../src-main/contract/fault.js'
import { age, count, duration } from '../ui/format.js'

/** What was typed, in seconds and times; empty: not wanted. */
export interface TypedSchedule {
  after: string
  for: string
  every: string
  times: string
}
export const noSchedule: TypedSchedule = { after: '', for: '', every: '', times: '' }

export interface ReadSchedule {
  /** Absent when nothing was typed: now, and until it is healed. */
  schedule: FaultSchedule | undefined
  /** What does not fit; null when it can be sent. */
  problem: string | null
  /** What will happen, as a sentence. */
  words: string
}

const longestS = 86_400

export function readSchedule(typed: TypedSchedule): ReadSchedule {
  const read = (text: string): number | null => (text.trim() === '' ? null : Number(text.trim().replace(',', '.')))
  const [after, lasts, every, times] = [typed.after, typed.for, typed.every, typed.times].map(read)
  const schedule: FaultSchedule = {
    ...(after !== null && after !== undefined && { afterMs: Math.round(after * 1000) }),
    ...(lasts !== null && lasts !== undefined && { forMs: Math.round(lasts * 1000) }),
    ...(every !== null && every !== undefined && { everyMs: Math.round(every * 1000) }),
    ...(times !== null && times !== undefined && { times }),
  }
  if (Object.keys(schedule).length === 0) {
    return { schedule: undefined, problem: null, words: 'Now, and until it is healed.' }
  }
  return { schedule, problem: problemOf(schedule), words: wordsOf(schedule) }
}

function problemOf({ afterMs, forMs, everyMs, times }: FaultSchedule): string | null {
  const seconds = [afterMs, forMs, everyMs].filter((ms) => ms !== undefined)
  if (seconds.some((ms) => !Number.isFinite(ms) || ms < 0 || ms > longestS * 1000))
    return 'Times are seconds, a day at most.'
  if (forMs === 0) return '“For” is longer than 0 s.'
  if (everyMs !== undefined && everyMs < 1_000) return '“Every” is 1 s or more.'
  if (times !== undefined && !(Number.isInteger(times) && times >= 1 && times <= 100))
    return '“Times” is a whole number from 1 to 100.'
  if (everyMs !== undefined && times === undefined) return '“Every” needs “times”: how many in all.'
  if ((times ?? 1) > 1 && everyMs === undefined) return '“Times” needs “every”: how long from one to the next.'
  if (forMs !== undefined && everyMs !== undefined && forMs >= everyMs)
    return '“For” must be shorter than “every”: it would begin again before it has ended.'
  return null
}

function wordsOf({ afterMs = 0, forMs, everyMs, times = 1 }: FaultSchedule): string {
  const begin = afterMs > 0 ? `In ${duration(afterMs)}` : 'Now'
  const lasts = forMs === undefined ? 'until it is healed' : `for ${duration(forMs)}`
  const again = everyMs === undefined || times < 2 ? '' : `, ${count(times, 'time')}, every ${duration(everyMs)}`
  return `${begin}, ${lasts}${again}.`
}

/** When a fault of a schedule happens, or when it is over by itself; null for one without. */
export function dueWords({ state, appliedAt, schedule }: FaultRecord, now: number): string | null {
  if (!schedule) return null
  const which = schedule.of > 1 ? `, ${schedule.n} of ${schedule.of}` : ''
  const lasts = schedule.forMs === undefined ? '' : `, for ${duration(schedule.forMs)}`
  if (state === 'scheduled') return `in ${age(appliedAt - now)}${lasts}${which}`
  if (state !== 'active' || schedule.forMs === undefined) return null
  return `heals by itself in ${age(appliedAt + schedule.forMs - now)}${which}`
}

/** A fault that did not take effect is news for this long; later it is in the list of events. */
const failedForMs = 600_000

/** The ledger as the menu shows it. What failed is no longer there: it was undone, and nothing is left to heal. */
export function sortedFaults(faults: readonly FaultRecord[], now: number) {
  const isRecent = ({ healedAt, appliedAt }: FaultRecord): boolean => now - (healedAt ?? appliedAt) < failedForMs
  return {
    active: faults.filter(({ state }) => ['applying', 'active', 'healing'].includes(state)),
    scheduled: faults.filter(({ state }) => state === 'scheduled'),
    failed: faults.filter((fault) => fault.state === 'failed' && isRecent(fault)).slice(-3),
  }
}
