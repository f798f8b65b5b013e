import { applyTime, evaluate, type CheckContext, type CheckResult, type TimeMemory } from '../checks/index.js'
import type { CheckView, Verdict } from '../contract/check.js'
import type { CheckSpec } from './format.js'

/** A check that was asked, and what came of it. `view` is what the screen shows, `raw` what the cluster said. */
export interface Slot {
  spec: CheckSpec
  raw: Verdict | null
  view: CheckView
  memory: TimeMemory
  busy: boolean
  errors: number[]
}

export interface Settled {
  slot: Slot
  /** It passed for the first time since the step began. */
  passed: boolean
  /** A level check that held does not hold any more. */
  regressed: boolean
}

export const newSlot = (spec: CheckSpec, stored?: CheckView): Slot => ({
  spec,
  raw: stored?.passedAt && spec.mode === 'edge' ? stored.result : null,
  view: stored ?? { id: spec.id, title: spec.title, mode: spec.mode, result: null, at: null, passedAt: null },
  memory: { heldSince: null },
  busy: false,
  errors: [],
})

/** An edge that was once seen stays: asking again could only lose it. */
export const latched = ({ spec, view }: Slot): boolean => spec.mode === 'edge' && view.passedAt !== null

export const satisfied = (slot: Slot): boolean => latched(slot) || slot.raw?.verdict === 'pass'

export const resultsOf = (slots: readonly Slot[]): Map<string, CheckResult> =>
  new Map(
    slots
      .filter((slot) => slot.raw !== null)
      .map(({ spec, raw, view }) => [spec.id, { title: spec.title, verdict: raw!.verdict, passedAt: view.passedAt }]),
  )

/** Asks one check, with its deadlines. */
export async function ask(slot: Slot, context: CheckContext, clock: () => number): Promise<Verdict> {
  const plain = await evaluate(slot.spec, context)
  const timed = applyTime(slot.spec, plain, slot.memory, { ...context, now: clock() })
  slot.memory = timed.memory
  const { within: _, ...view } = slot.view
  slot.view = timed.within ? { ...view, within: timed.within } : view
  return timed.verdict
}

export interface Manner {
  /** Whether "not done" is told as a failure, or as waiting. */
  frank: (slot: Slot) => boolean
  /** Somebody pressed Check: a source that is silent is told at once. */
  asked: boolean
}

/** Enters a verdict into its slot, and says what changed. */
export function settle(slot: Slot, verdict: Verdict, now: number, { frank, asked }: Manner): Settled {
  const before = slot.raw?.verdict
  const first = verdict.verdict === 'pass' && slot.view.passedAt === null
  const regressed = slot.spec.mode === 'level' && before === 'pass' && verdict.verdict === 'fail'
  slot.raw = verdict
  slot.errors = verdict.verdict === 'error' ? [...slot.errors, now] : []
  const passedAt = slot.view.passedAt ?? (first ? now : null)
  const { tries: _, ...view } = slot.view
  slot.view = { ...view, passedAt }
  // a single silent answer is a blink of the network; the screen keeps what it last knew for a moment
  const blink =
    !asked && verdict.verdict === 'error' && slot.view.result !== null && now - (slot.errors[0] ?? now) < 1500
  if (!blink) {
    const shown: Verdict = verdict.verdict === 'fail' && !frank(slot) ? { ...verdict, verdict: 'waiting' } : verdict
    slot.view = { ...slot.view, result: shown, at: now }
  }
  if (slot.errors.length > 0) slot.view = { ...slot.view, tries: slot.errors.slice(-3) }
  return { slot, passed: first, regressed }
}
