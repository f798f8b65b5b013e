import type { Part } from '../contract/cluster.js'

/** One source's last answer, and whether it may still be taken as the present. */
export interface LivePart<T> {
  set(value: T, at: number): void
  /** The source was asked and did not answer, or is known to be away: what it said before is the past from now on. */
  fail(why: string): void
  /** One question went unanswered; the value stays the present until it is too old. */
  miss(why: string): void
  /** The source is alive, though the value came earlier: a watch that is proven to be up to date. */
  touch(at: number): void
  /** The app's clock was set: what was read lies this much later on its axis now. */
  shift(byMs: number): void
  view(now: number): Part<T>
}

/** @param staleAfterMs age above which an answer is no longer the present, whatever else is known */
export function livePart<T>(staleAfterMs: () => number): LivePart<T> {
  let value: T | null = null
  let at: number | null = null
  let error: string | undefined
  let failed = false
  return {
    set(next, time) {
      value = next
      at = time
      error = undefined
      failed = false
    },
    fail(why) {
      error = why
      failed = true
    },
    miss(why) {
      error = why
    },
    touch(time) {
      if (at !== null && time > at) at = time
      error = undefined
      failed = false
    },
    shift(byMs) {
      if (at !== null) at += byMs
    },
    view(now) {
      const stale = failed || at === null || now - at > staleAfterMs()
      return { value, at, stale, ...(stale && error !== undefined ? { error } : {}) }
    },
  }
}
