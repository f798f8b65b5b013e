import { z } from 'zod'
import type { Verdict } from '../contract/check.js'
import { inSeconds, type CheckContext } from './check.js'

/** "60s", "500ms", "2m" in milliseconds. */
export const duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m)$/, 'a duration such as 500ms, 5s or 2m')
  .describe('A duration such as 500ms, 5s or 2m')

export function msOf(text: string): number {
  const [, figure = '0', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? []
  return Number(figure) * { ms: 1, s: 1000, m: 60_000 }[unit as 'ms' | 's' | 'm']
}

const after = z
  .string()
  .optional()
  .describe(
    'The deadline counts from the moment that this other check first passed; without it: from the begin of the step',
  )

export const eventually = z
  .strictObject({ within: duration.describe('Deadline'), after })
  .describe('It need not hold at once: waiting until the deadline, and a failure after it')
export const holds = z
  .strictObject({
    for: duration.describe('How long it must hold without a break'),
    within: duration.optional().describe('Deadline'),
    after,
  })
  .describe('It must go on holding: waiting while it does, a pass after that time')

export interface TimeRules {
  eventually?: z.infer<typeof eventually> | undefined
  holds?: z.infer<typeof holds> | undefined
}

/** What a check remembers between two evaluations. */
export interface TimeMemory {
  /** Since when the condition holds without a break; null when it does not. */
  heldSince: number | null
}

export interface Timed {
  verdict: Verdict
  memory: TimeMemory
  /** The deadline that is running, for the screen. */
  within?: { ms: number; since: number }
}

/** Puts the deadlines of a check on what its condition says now. */
export function applyTime(rules: TimeRules, plain: Verdict, memory: TimeMemory, context: CheckContext): Timed {
  const rule = rules.holds ?? rules.eventually
  if (!rule) return { verdict: plain, memory }
  const { now } = context
  // nothing is concluded from an answer that was not given: neither that it held on, nor that it broke
  const heldSince =
    plain.verdict === 'pass' ? (memory.heldSince ?? now) : plain.verdict === 'error' ? memory.heldSince : null
  const next = { heldSince }
  const triggeredAt = rule.after === undefined ? context.since : (context.results.get(rule.after)?.passedAt ?? null)
  if (triggeredAt === null) {
    const why = `Settled after ${rule.after} has passed`
    return {
      verdict: plain.verdict === 'error' ? plain : { ...plain, verdict: 'fail', why },
      memory: { heldSince: null },
    }
  }
  const startedAt = Math.max(triggeredAt, context.resumedAt ?? 0)
  const limit = rule.within === undefined ? null : msOf(rule.within)
  const within = limit === null ? {} : { within: { ms: limit, since: startedAt } }
  const lateBy = limit === null ? 0 : now - (startedAt + limit)
  const needed = rules.holds ? msOf(rules.holds.for) : 0

  if (plain.verdict === 'pass') {
    const held = now - (heldSince ?? now)
    // what began to hold in time has been in time, however late somebody asked
    const beganLate = limit !== null && (heldSince ?? now) > startedAt + limit
    if (beganLate) {
      const why = `It holds now, but came after its deadline of ${inSeconds(limit)}. Reset the step to try again`
      return { verdict: { ...plain, verdict: 'fail', why }, memory: next, ...within }
    }
    if (held >= needed) return { verdict: plain, memory: next }
    const why = `It holds since ${inSeconds(held)}, of ${inSeconds(needed)} that it must`
    return { verdict: { ...plain, verdict: 'waiting', why }, memory: next, ...within }
  }
  if (plain.verdict === 'error') return { verdict: plain, memory: next, ...within }
  if (limit === null) return { verdict: plain, memory: next }
  if (lateBy > 0) {
    const why = `${plain.why}. The deadline of ${inSeconds(limit)} passed ${inSeconds(lateBy)} ago`
    return { verdict: { ...plain, verdict: 'fail', why }, memory: next, ...within }
  }
  return { verdict: { ...plain, verdict: 'waiting' }, memory: next, ...within }
}
