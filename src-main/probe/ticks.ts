import type { LabRecord } from '../contract/record.js'

export const tickMs = 100
type Ticks = Extract<LabRecord, { k: 'ticks' }>
type Outcome = 'acked' | 'failed' | 'unknown'
type Tick = Record<Outcome, number> & { slowestMs: number | null }

export interface TickCounter {
  /** `waitedMs`: how long an acknowledged write took. */
  count(outcome: Outcome, at: number, waitedMs?: number): void
  /** Records for what ended before `now`, oldest first; quiet ticks of a running probe are zeros, as they mean something. */
  take(now: number): Ticks[]
  /** The app's clock was set: nothing is missing between what was counted and what comes now. */
  shift(byMs: number): void
}

/**
 * Counts writes per 100 ms. Acknowledged and failed ones count when they came back, unknown ones when they were sent:
 * they are given up later, and then go into a record of their own for that earlier time. Readers add up what overlaps.
 */
export function countTicks(startedAt: number): TickCounter {
  const slots = new Map<number, Tick>()
  let next = slotOf(startedAt)
  return {
    count(outcome, at, waitedMs) {
      const slot = slotOf(at)
      const tick = slots.get(slot) ?? { acked: 0, failed: 0, unknown: 0, slowestMs: null }
      tick[outcome]++
      if (waitedMs !== undefined) tick.slowestMs = Math.max(tick.slowestMs ?? 0, waitedMs)
      slots.set(slot, tick)
    },
    take(now) {
      const until = slotOf(now)
      const late = [...slots.keys()].filter((slot) => slot < next).toSorted((a, b) => a - b)
      const records = runsOf(late).map((run) => recordOf(run, slots))
      if (until > next) {
        const due = Array.from({ length: (until - next) / tickMs }, (_, n) => next + n * tickMs)
        // a process that slept for a minute did not watch: no zeros for that
        records.push(recordOf(due.slice(-50), slots))
        next = until
      }
      for (const slot of slots.keys()) if (slot < next) slots.delete(slot)
      return records
    },
    shift(byMs) {
      next = slotOf(next + byMs)
    },
  }
}

const slotOf = (at: number): number => Math.floor(at / tickMs) * tickMs

/** Neighbours together, in one array each. */
function runsOf(sorted: readonly number[]): number[][] {
  const runs: number[][] = []
  for (const slot of sorted) {
    const run = runs.at(-1)
    if (run?.at(-1) === slot - tickMs) run.push(slot)
    else runs.push([slot])
  }
  return runs
}

function recordOf(run: readonly number[], slots: ReadonlyMap<number, Tick>): Ticks {
  const counts = (outcome: Outcome): number[] => run.map((slot) => slots.get(slot)?.[outcome] ?? 0)
  const slowestMs = run.map((slot) => slots.get(slot)?.slowestMs ?? null)
  return {
    t: run[0]!,
    k: 'ticks',
    acked: counts('acked'),
    failed: counts('failed'),
    unknown: counts('unknown'),
    ...(slowestMs.some((ms) => ms !== null) ? { slowestMs } : {}),
  }
}
