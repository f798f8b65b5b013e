import { evaluate, type CheckContext, type Condition } from '../checks/index.js'
import { waitFor } from '../util/wait-for.js'

/** Asks a condition until it passes. @throws DojoError `wait-timed-out` with what was observed last */
export async function waitUntil(
  condition: Condition,
  context: () => CheckContext,
  withinMs: number,
  signal: AbortSignal,
  what?: string,
): Promise<void> {
  await waitFor(
    () => evaluate(condition, context()),
    (verdict) => verdict.verdict === 'pass',
    {
      what: what ?? 'a condition of the exercise',
      withinMs,
      signal,
      describe: (it) => `expected ${it.expected}; observed ${it.observed}`,
    },
  )
}
