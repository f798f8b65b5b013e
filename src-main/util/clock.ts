export interface ClockJump {
  /** How far this machine's clock moved beside the time that passed, in ms; negative: it was set back. */
  byMs: number
  /** How far the app's clock moves with it. It never goes back. */
  axisMs: number
}

/** The one clock of the app, in ms since 1970: everything that is recorded lies on it. */
export interface AppClock {
  now(): number
  /** How far it is ahead of this machine's clock, which was set back while the app ran. */
  aheadMs(): number
  /** Told before anybody sees a time after the jump. */
  onJump(listener: (jump: ClockJump) => void): () => void
}

/** Smaller steps are adjustments as time servers make them: time stands still until they are caught up with. */
const jumpMs = 250
/** A clock that is being adjusted may run this much faster or slower than the monotonic one. */
const slewed = 0.001

/**
 * Compares the machine's clock with the monotonic one at every look. Set forward (or after a sleep of the machine), the app's
 * clock goes along. Set back, it goes on as if nothing had happened: otherwise later things would come before earlier
 * ones, and durations would be negative.
 */
export function createClock(wall = (): number => Date.now(), steady = (): number => performance.now()): AppClock {
  const listeners = new Set<(jump: ClockJump) => void>()
  let seen = { wall: wall(), steady: steady() }
  let ahead = 0
  let last = seen.wall
  return {
    now() {
      const is = { wall: wall(), steady: steady() }
      const passed = is.steady - seen.steady
      const byMs = Math.round(is.wall - seen.wall - passed)
      seen = is
      if (Math.abs(byMs) >= jumpMs + passed * slewed) {
        const was = ahead
        ahead = Math.max(0, ahead - byMs)
        for (const listener of listeners) listener({ byMs, axisMs: byMs + ahead - was })
      }
      last = Math.max(last, is.wall + ahead)
      return last
    },
    aheadMs: () => ahead,
    onJump(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

export const appClock = createClock()
