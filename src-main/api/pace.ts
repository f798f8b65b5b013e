import { DojoError } from '../contract/errors.js'

/**
 * Streams that never pile up, however slow their reader is. oRPC pulls the next value when the last one has left, so it
 * is enough that nothing waits here: a state has one pending place, a log has a position.
 */

interface Bell {
  ring(): void
  /** Resolves at the next ring, at once if it rang since the last wait, or when the signal aborts. */
  wait(): Promise<void>
}

function bell(signal: AbortSignal): Bell {
  let rang = false
  let wake: (() => void) | null = null
  const ring = (): void => {
    rang = true
    wake?.()
  }
  signal.addEventListener('abort', ring, { once: true })
  return {
    ring,
    async wait() {
      if (!rang && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve))
      wake = null
      rang = false
    },
  }
}

export interface Gives<T> {
  /** A newer value; whoever has not read the last one never sees it. */
  put(value: T): void
  /** Ends the stream, after the pending value; with an error if there is one. */
  end(error?: unknown): void
}

const never = new AbortController().signal

/** The newest value only. `listen` may put a first value at once, and returns the way to stop it. */
export async function* latest<T>(
  listen: (gives: Gives<T>) => () => void,
  signal: AbortSignal = never,
): AsyncGenerator<T, void> {
  const rings = bell(signal)
  let pending: { value: T } | null = null
  let ended: { error?: unknown } | null = null
  const stop = listen({
    put(value) {
      if (ended) return
      pending = { value }
      rings.ring()
    },
    end(error) {
      ended ??= error === undefined ? {} : { error }
      rings.ring()
    },
  })
  try {
    while (!signal.aborted) {
      const given = pending as { value: T } | null
      if (given) {
        pending = null
        yield given.value
        continue
      }
      const over = ended as { error?: unknown } | null
      if (over) {
        if ('error' in over) throw over.error
        return
      }
      await rings.wait()
    }
  } finally {
    stop()
  }
}

export interface Log<T> {
  /** May become shorter: a recorder compacts what is old. */
  all(): readonly T[]
  onAppend(listener: (record: T) => void): () => void
}

/** A reader that is so far behind is sent away, and begins anew with everything. */
const mostBehind = 20_000

/**
 * Everything in a log so far in one batch (even when that is nothing), then what is added, in order, in batches at
 * least `everyMs` apart.
 * @throws DojoError internal when the reader falls too far behind; it may subscribe again
 */
export async function* following<T>(
  log: Log<T>,
  { everyMs = 100, signal = never }: { everyMs?: number; signal?: AbortSignal } = {},
): AsyncGenerator<T[], void> {
  const rings = bell(signal)
  let waiting: T[] = []
  let lost = false
  const stop = log.onAppend((record) => {
    if (waiting.length >= mostBehind) lost = true
    else waiting.push(record)
    rings.ring()
  })
  try {
    yield [...log.all()]
    while (!signal.aborted) {
      if (lost) throw tooSlow()
      if (waiting.length === 0) {
        await rings.wait()
        await pauseUnlessAborted(everyMs, signal)
        continue
      }
      const batch = waiting
      waiting = []
      yield batch
    }
  } finally {
    stop()
  }
}

const tooSlow = (): DojoError =>
  new DojoError('internal', {
    what: 'The flight record could not be delivered in time',
    why: `more than ${mostBehind} records waited for this client`,
    next: 'Subscribe again',
  })

const pauseUnlessAborted = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
