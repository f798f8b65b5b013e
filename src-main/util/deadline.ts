export interface Deadline {
  /** Aborts with the first of the signals that does, or with a `TimeoutError` when the time is over. */
  readonly signal: AbortSignal
  /** Call when the work is done: lets go of the timer and of the signals. */
  clear(): void
}

/**
 * A limit on top of signals that others hold. Not `AbortSignal.any` over `AbortSignal.timeout`: Node 20 holds the timeout
 * by a weak reference only, and one that was collected never fires (nodejs/node#57736).
 */
export function deadline(withinMs: number, ...signals: readonly AbortSignal[]): Deadline {
  const limit = new AbortController()
  const follow = (event: Event): void => end((event.target as AbortSignal).reason)
  const clear = (): void => {
    clearTimeout(timer)
    for (const signal of signals) signal.removeEventListener('abort', follow)
  }
  const end = (reason: unknown): void => {
    clear()
    limit.abort(reason)
  }
  const late = (): void => end(new DOMException(`Not done within ${withinMs} ms`, 'TimeoutError'))
  const timer = setTimeout(late, withinMs)
  timer.unref() // a limit is no work: it must not keep a process up
  for (const signal of signals) {
    if (signal.aborted) end(signal.reason)
    else signal.addEventListener('abort', follow, { once: true })
  }
  return { signal: limit.signal, clear }
}
