import { DojoError } from '../contract/errors.js'

/** What dockerode throws: an HTTP status of the engine, or a socket error. */
interface EngineFailure {
  statusCode?: number
  code?: string
  message?: string
  json?: { message?: string }
}

export const statusOf = (error: unknown): number | undefined => (error as EngineFailure).statusCode
export const isGone = (error: unknown): boolean => statusOf(error) === 404
/** The engine's own sentence, without dockerode's "(HTTP code 500) server error -". */
export const engineSays = (error: unknown): string => {
  const { json, message } = error as EngineFailure
  return (json?.message ?? message ?? String(error)).trim()
}

const socketErrors = new Set(['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'])
export const isUnreachable = (error: unknown): boolean => {
  const { statusCode, code } = error as EngineFailure
  return statusCode === undefined && code !== undefined && socketErrors.has(code)
}

/** Turns a failure of the engine into one that a person can act on. Errors of ours pass through. */
export function translated(error: unknown, doing: string): unknown {
  if (error instanceof DojoError) return error
  if ((error as Error).name === 'AbortError') return error
  const why = engineSays(error)
  if (isUnreachable(error)) {
    return new DojoError(
      'engine-unreachable',
      { what: `Docker's engine went away (${doing})`, why, next: 'Start the engine, then retry: labs are kept' },
      { cause: error },
    )
  }
  const port = /\b(?:127\.0\.0\.1|0\.0\.0\.0):(\d+)/.exec(why)?.[1]
  if (port && /already (allocated|in use)|address already/.test(why)) {
    return new DojoError(
      'port-taken',
      {
        what: `Port ${port} on 127.0.0.1 is taken`,
        why,
        next: `Stop what listens there (\`ss -ltnp sport = :${port}\` names it), or retry: a lab chooses other ports each time`,
      },
      { cause: error },
    )
  }
  if (/no space left on device/i.test(why)) {
    return new DojoError(
      'disk-full',
      { what: `Docker's disk is full (${doing})`, why, next: 'Free space, for example with `docker image prune`' },
      { cause: error },
    )
  }
  return error
}
