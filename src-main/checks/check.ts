import type { z } from 'zod'
import type { Evidence, Verdict, VerdictWord } from '../contract/check.js'
import type { Sources } from './sources.js'

export type Scalar = string | number | boolean

export interface Answer {
  value: string | number
  at: number
}

/** What the engine knows of another check of the same step. */
export interface CheckResult {
  /** What the learner knows it by. */
  title?: string
  verdict: VerdictWord
  /** When it first passed since the step began; null while it has not. */
  passedAt: number | null
}

/** Everything that an evaluation may know. Times are epoch ms on the app's clock. */
export interface CheckContext {
  readonly sources: Sources
  readonly now: number
  /** When the present step began, or was reset. */
  readonly since: number
  /** When this process took the attempt up again, if it did: nobody watched before, so deadlines count from then. */
  readonly resumedAt?: number | undefined
  /** When a step of this exercise began; null when it has not. */
  beganAt(step: string): number | null
  /** Results of the checks of this step, by id. */
  readonly results: ReadonlyMap<string, CheckResult>
  /** Answers given so far in this attempt, by question. */
  readonly answers: ReadonlyMap<string, Answer>
}

/** One kind of check: it names its sources and operators, and never asks who uses it. */
export interface CheckKind<P extends z.ZodType = z.ZodType> {
  kind: string
  summary: string
  params: P
  /** Where its evidence comes from, for the authoring guide. */
  sources: readonly string[]
  /**
   * Asks the live cluster once. `waiting` is for what is settled later by its own nature (an outage that still lasts);
   * deadlines are the business of the time operators around it. A throw becomes `error`.
   */
  evaluate(context: CheckContext & { params: z.output<P> }): Promise<Verdict>
}

export const defineCheck = <P extends z.ZodType>(kind: CheckKind<P>): CheckKind<P> => kind

type Said = { expected: string; observed: string; why: string; evidence?: Evidence[]; fields?: Verdict['fields'] }

const verdictOf = (verdict: VerdictWord, { evidence = [], fields, ...said }: Said): Verdict => ({
  verdict,
  ...said,
  evidence,
  ...(fields ? { fields } : {}),
})
export const pass = (said: Said): Verdict => verdictOf('pass', said)
export const fail = (said: Said): Verdict => verdictOf('fail', said)
export const waiting = (said: Said): Verdict => verdictOf('waiting', said)
/** Could not ask. It never counts against the learner. */
export const notAsked = (said: Said): Verdict => verdictOf('error', said)
export const passIf = (holds: boolean, said: Said): Verdict => verdictOf(holds ? 'pass' : 'fail', said)

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** "0.3 s" of a duration in ms; whole seconds from 10 s on unless a decimal is asked for. */
export const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
