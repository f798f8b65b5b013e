/** One source's answer to one question. "No answer" is an outcome of its own, and never means "no". */
export type Reading<T> = { ok: true; value: T; ageMs: number } | { ok: false; why: string }

/** Runs a read, and turns a failure into a reading that says why in a few words. */
export async function reading<T>(read: () => Promise<T>): Promise<Reading<T>> {
  const startedAt = performance.now()
  try {
    const value = await read()
    // half of the way there and back: what was true when the server looked
    return { ok: true, value, ageMs: Math.round((performance.now() - startedAt) / 2) }
  } catch (error) {
    return { ok: false, why: whyOf(error) }
  }
}

const words: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  UND_ERR_SOCKET: 'connection closed',
  UND_ERR_CONNECT_TIMEOUT: 'no answer in time',
}

/** A failure in a few words, without the stack and without the wrappers that clients put around it. */
export function whyOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return whyOf(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'no answer in time'
  const { code } = error as NodeJS.ErrnoException
  if (typeof code === 'string' && words[code]) return words[code]
  if (error.cause !== undefined && error.message === 'fetch failed') return whyOf(error.cause)
  if (/certificate has expired/.test(error.message)) return 'its certificate has expired'
  if (/ECONNREFUSED/.test(error.message)) return 'connection refused'
  if (/ECONNRESET|Connection terminated/.test(error.message)) return 'connection reset'
  if (/UNAVAILABLE|Connection dropped/.test(error.message)) return 'no connection'
  if (/DEADLINE_EXCEEDED|Deadline exceeded|timeout/i.test(error.message)) return 'no answer in time'
  return error.message.split('\n', 1)[0] ?? error.name
}
