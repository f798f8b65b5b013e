import { setTimeout as pause } from 'node:timers/promises'
import { DojoError } from '../contract/errors.js'
import { deadline } from './deadline.js'

export interface WaitOptions<T> {
  /** Completes the sentence "Waited for ...". */
  what: string
  withinMs: number
  everyMs?: number
  signal: AbortSignal
  describe: (value: T) => string
  /** Completes the error; what a person can do when it did not come. */
  next?: string
}
type Read<T> = (untilDeadline: AbortSignal) => Promise<T> | T

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Rejects when the signal aborts, even if the promise never settles: some clients outlive their own deadlines. */
async function bounded<T>(work: Promise<T> | T, signal: AbortSignal): Promise<T> {
  if (!(work instanceof Promise)) return work
  work.catch(() => undefined) // one that is left behind may still fail, and then nobody hears of it
  signal.throwIfAborted()
  return await new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/**
 * Reads until the value `holds`, and returns it. The first read comes before the first pause; a read that
 * throws means "not yet"; a read's own signal ends at the deadline, and a read that ignores it is left behind.
 * Rejects once the caller's signal aborts.
 * @throws DojoError `wait-timed-out`, which says what was seen last
 */
export async function waitFor<T>(read: Read<T>, holds: (value: T) => boolean, options: WaitOptions<T>): Promise<T> {
  const { withinMs, signal } = options
  const limit = deadline(withinMs, signal)
  try {
    return await poll(read, holds, options, limit.signal)
  } finally {
    limit.clear()
  }
}

async function poll<T>(
  read: Read<T>,
  holds: (value: T) => boolean,
  { what, withinMs, everyMs = 200, signal, describe, next = 'Look at `dojo status`' }: WaitOptions<T>,
  untilDeadline: AbortSignal,
): Promise<T> {
  const until = performance.now() + withinMs
  let seen = 'nothing could be read'
  for (;;) {
    try {
      const value = await bounded(read(untilDeadline), untilDeadline)
      if (holds(value)) return value
      seen = describe(value)
    } catch (error) {
      signal.throwIfAborted()
      if (!untilDeadline.aborted) seen = `reading failed: ${messageOf(error)}`
    }
    signal.throwIfAborted()
    const leftMs = until - performance.now()
    if (leftMs <= 0 || untilDeadline.aborted) {
      throw new DojoError('wait-timed-out', {
        what: `Waited ${withinMs} ms for ${what}`,
        why: `last seen: ${seen}`,
        next,
      })
    }
    await pause(Math.min(everyMs, leftMs), undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}
