import type { ClockOffset } from '../contract/cluster.js'
import type { Fact } from './facts.js'

/** What another clock said while the app's showed `t`, give or take `half`: half of the way there and back. */
interface Sample {
  offsetMs: number
  u: number
  at: number
}

/** The smallest recent round trip says it best; clocks drift apart, so it does not stay the best for ever. */
const recentMs = 60_000
const mostSamples = 32
/** Both clocks are read in whole milliseconds. */
const readingMs = 1

/** The name under which the engine's own clock is kept, beside the hosts'. */
export const engineClock = 'engine'

/** Brings times of other clocks onto the app's. */
export interface Clocks {
  take(fact: Fact): void
  /** By host, and `engine`. */
  view(): Record<string, ClockOffset>
  /**
   * A time stamp of that clock on the app's axis. A host that was never asked has the engine's clock, which all
   * containers share unless somebody bent theirs. Null when nothing is known.
   */
  toApp(clock: string, stamp: number): { t: number; u: number } | null
}

export function createClocks(): Clocks {
  const samples = new Map<string, Sample[]>()
  const best = new Map<string, ClockOffset>()

  const sample = (clock: string, t: number, half: number, said: number): void => {
    const one: Sample = { offsetMs: Math.round(said - t), u: Math.ceil(half) + readingMs, at: t }
    const kept = samples.get(clock) ?? []
    // a clock can't be at both places: it was set, and what was measured before is void
    const moved = kept.some((other) => Math.abs(other.offsetMs - one.offsetMs) > other.u + one.u)
    const recent = moved ? [] : kept.filter(({ at }) => t - at <= recentMs).slice(1 - mostSamples)
    recent.push(one)
    samples.set(clock, recent)
    best.set(
      clock,
      recent.reduce((a, b) => (b.u < a.u ? b : a)),
    )
  }
  return {
    take(fact) {
      if (fact.source === 'jump') {
        samples.clear()
        best.clear()
      } else if (fact.source === 'clock') sample(fact.clock, fact.t, fact.half ?? 0, fact.said)
      else if (fact.source === 'sql' && fact.reading?.clock !== undefined && fact.half !== undefined)
        sample(fact.host, fact.t, fact.half, fact.reading.clock)
    },
    view: () => Object.fromEntries(best),
    toApp(clock, stamp) {
      const offset = best.get(clock) ?? best.get(engineClock)
      if (!offset) return null
      const { offsetMs, u } = offset
      // one that can be right most likely is: a slow answer must not bend time stamps of this very machine
      return Math.abs(offsetMs) <= u ? { t: stamp, u: u + Math.abs(offsetMs) } : { t: stamp - offsetMs, u }
    },
  }
}
