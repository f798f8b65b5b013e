/**
 * Gives up on a promise after `withinMs`, or when the signal aborts, whether or not the work itself ever ends: gRPC calls
 * and sockets to a frozen host can outlive their own deadlines. The late outcome of the work is dropped.
 */
export function withDeadline<T>(work: Promise<T>, withinMs: number, what: string, signal?: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => done(() => reject(signal?.reason as Error))
    const timer = setTimeout(() => done(() => reject(new Error(`${what}: no answer within ${withinMs} ms`))), withinMs)
    const done = (settle: () => void): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
    work.then(
      (value) => done(() => resolve(value)),
      (error: unknown) => done(() => reject(error instanceof Error ? error : new Error(String(error)))),
    )
  })
}
