import { firstAfter, lastAt } from './sorted.js'
import type { LeaseSample } from './tracks.js'

/** One tooth of the saw: from a renewal (or the taking of the key) until the next one, or until the key is gone. */
export interface Tooth {
  holder: string
  from: number
  fromLeftMs: number
  to: number
  toLeftMs: number
  ttlS: number
  /** The key was taken at `from`: nobody, or somebody else, held it before. */
  taken: boolean
  /** How it ended: renewed, gone (expired or released), or it still runs. */
  end: 'renewed' | 'gone' | 'runs'
  /** Nobody renewed in time. */
  dying: boolean
}

/** The same holder, renewed again and again; what one label stands for. */
export interface LeaseRun {
  holder: string
  from: number
  to: number
}

/** Samples further apart tell nothing about the time between them. The recorder thins old ones to one per 5 s. */
const gapMs = 12_000
/** etcd tells whole seconds, so an estimate may rise by this much without a renewal. */
const jitterMs = 700

const timeOf = (sample: LeaseSample): number => sample.t

/**
 * The saw-tooth between two moments, from samples about twice a second.
 * @param until where the newest tooth is drawn to: now, or the end of the recording
 * @param renewEveryS Patroni's loop_wait: how often a healthy holder renews
 */
export function teethBetween(
  samples: readonly LeaseSample[],
  from: number,
  until: number,
  renewEveryS: number,
): Tooth[] {
  const teeth: Tooth[] = []
  const longestTtlMs = 1000 * (lastAt(samples, until, timeOf)?.ttlS ?? 30)
  // a tooth that began before the window may reach into it
  const first = Math.max(0, firstAfter(samples, from - longestTtlMs - gapMs, timeOf) - 1)
  const end = Math.min(samples.length, firstAfter(samples, until, timeOf) + 1)
  let open: Tooth | null = null
  for (let index = first; index < end; index++) {
    const sample = samples[index]!
    const before = index > first ? samples[index - 1]! : null
    if (before && open && sample.t - before.t > gapMs) {
      close(open, before.t, 'runs')
      open = null
    }
    open = next(teeth, open, before, sample)
  }
  if (open) {
    const newest = samples[end - 1]!
    // an old sample is no picture of the present: the line stops where knowledge does
    close(open, until - newest.t > gapMs ? newest.t : Math.max(newest.t, until), 'runs')
  }
  const usual = renewEveryS * 1000
  const late = Math.max(usual * 1.6, usual + 2_000)
  for (const tooth of teeth) {
    // thinned samples hide renewals, but the recorder never thins below half of the ttl
    const lowest = tooth.toLeftMs < tooth.ttlS * 500
    tooth.dying = tooth.to - tooth.from > late && (tooth.end !== 'renewed' || lowest)
  }
  return teeth.filter((tooth) => tooth.to > from && tooth.from < until)
}

function next(teeth: Tooth[], open: Tooth | null, before: LeaseSample | null, sample: LeaseSample): Tooth | null {
  const { t, holder, leftMs } = sample
  if (holder === null || leftMs === null) {
    if (open) close(open, t, 'gone')
    return null
  }
  const earliest = before ? before.t : t
  const renewedAt = Math.min(t, Math.max(earliest, t - (sample.ttlS * 1000 - leftMs)))
  if (!open || open.holder !== holder) {
    if (open) close(open, renewedAt, 'gone')
    // without a sample before it, the picture begins in the middle of a tooth
    const tooth = begin(sample, before ? renewedAt : t, before !== null && before.holder !== holder)
    teeth.push(tooth)
    return tooth
  }
  const expected = before!.leftMs! - (t - before!.t)
  if (leftMs <= expected + jitterMs) return open
  close(open, renewedAt, 'renewed')
  const tooth = begin(sample, renewedAt, false)
  teeth.push(tooth)
  return tooth
}

function begin({ t, holder, leftMs, ttlS }: LeaseSample, from: number, taken: boolean): Tooth {
  const fromLeftMs = Math.min(ttlS * 1000, leftMs! + (t - from))
  return { holder: holder!, from, fromLeftMs, to: from, toLeftMs: fromLeftMs, ttlS, taken, end: 'runs', dying: false }
}

function close(tooth: Tooth, to: number, end: Tooth['end']): void {
  tooth.to = Math.max(tooth.from, to)
  tooth.toLeftMs = Math.max(0, tooth.fromLeftMs - (tooth.to - tooth.from))
  tooth.end = end
}

/** Runs of one holder that renews, without the last tooth that nobody renewed. */
export function runsOf(teeth: readonly Tooth[]): LeaseRun[] {
  const runs: LeaseRun[] = []
  for (const tooth of teeth) {
    if (tooth.dying) continue
    const last = runs.at(-1)
    if (last && last.holder === tooth.holder && !tooth.taken && tooth.from - last.to < 1_000) last.to = tooth.to
    else runs.push({ holder: tooth.holder, from: tooth.from, to: tooth.to })
  }
  return runs
}

export interface LeaseAt {
  holder: string | null
  leftMs: number | null
  ttlS: number
  renewedAt: number | null
}

/** The lease at one moment; null when no sample is near enough to know. */
export function leaseAt(samples: readonly LeaseSample[], t: number, renewEveryS: number): LeaseAt | null {
  const sample = lastAt(samples, t, timeOf)
  if (!sample || t - sample.t > gapMs) return null
  const { holder, ttlS } = sample
  if (holder === null || sample.leftMs === null) return { holder, leftMs: null, ttlS, renewedAt: null }
  const tooth = teethBetween(samples, t - 1, t + 1, renewEveryS).findLast((each) => each.from <= t)
  const leftMs = tooth ? tooth.fromLeftMs - (t - tooth.from) : sample.leftMs - (t - sample.t)
  return { holder, leftMs: Math.max(0, leftMs), ttlS, renewedAt: tooth?.from ?? null }
}
