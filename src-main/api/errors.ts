import { randomBytes } from 'node:crypto'
import { ORPCError } from '@orpc/client'
import { DojoError, exitCodeOf, type ErrorCode } from '../contract/errors.js'
import { logFor, scrub } from '../util/log.js'

const log = logFor('api')

/** What crosses the contract when something went wrong: `errorData` of contract/rpc.ts. */
export interface WireError {
  code: ErrorCode
  what: string
  why: string
  next: string
}

const aborted = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'

/** Issues of a schema as one clause: `name: must be a lower-case letter; cols: too small`. */
function issuesOf(error: ORPCError<string, unknown>): string | null {
  const issues = (error.data as { issues?: { message: string; path?: readonly PropertyKey[] }[] } | undefined)?.issues
  if (!issues) return null
  return issues.map(({ path, message }) => (path?.length ? `${path.join('.')}: ${message}` : message)).join('; ')
}

/**
 * What an error says, without secrets. Errors that nobody expected become `internal`; their stack goes to the log, under
 * a reference that the person sees.
 */
export function sayError(error: unknown): WireError {
  if (error instanceof DojoError) return scrubbed({ code: error.code, ...error.said })
  if (error instanceof ORPCError && error.code === 'DOJO') return error.data as WireError
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') {
    const why = issuesOf(error) ?? error.message
    return scrubbed({
      code: 'usage',
      what: 'The request does not fit the contract',
      why,
      next: 'Correct it and try again',
    })
  }
  if (aborted(error)) {
    return {
      code: 'cancelled',
      what: 'Cancelled',
      why: 'nobody waits for it any more',
      next: 'Start it again when needed',
    }
  }
  const reference = randomBytes(4).toString('hex')
  log.error({ err: error, reference }, 'unexpected error')
  const message = error instanceof Error ? error.message : String(error)
  return scrubbed({
    code: 'internal',
    what: 'The app failed at this',
    why: message || 'it gave no reason',
    next: `Try again; the log has more under reference ${reference}`,
  })
}

const scrubbed = ({ code, what, why, next }: WireError): WireError => ({
  code,
  what: scrub(what),
  why: scrub(why),
  next: scrub(next),
})

/** The contract's DOJO error. */
export function wireError(error: unknown): ORPCError<'DOJO', WireError> {
  const data = sayError(error)
  return new ORPCError('DOJO', { defined: true, message: `${data.what}: ${data.why}`, data, cause: error })
}

/** 0 is never returned: an error is not a success, whatever its code. */
export const exitCodeFor = ({ code }: WireError): 1 | 2 | 3 => exitCodeOf[code] ?? 1
