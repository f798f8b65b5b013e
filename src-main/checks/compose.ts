import type { Verdict, VerdictWord } from '../contract/check.js'
import { messageOf, notAsked } from './check.js'

/** The worst first. `error` above `waiting`: what could not be asked will not come by waiting. */
export const verdictOrder: readonly VerdictWord[] = ['fail', 'error', 'waiting', 'pass']
const rank = (verdict: Verdict): number => verdictOrder.indexOf(verdict.verdict)

/** A throw is `error`: it says nothing about the learner's work. */
export async function guarded(expected: string, run: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await run()
  } catch (error) {
    return notAsked({ expected, observed: 'no answer', why: `It could not be asked: ${messageOf(error)}` })
  }
}

const joined = (verdicts: readonly Verdict[], word: string, pick: (v: Verdict) => string): string =>
  [...new Set(verdicts.map(pick))].join(`${word} `)

/** Reasons are sentences of their own; the screen ends the last one. */
const reasons = (verdicts: readonly Verdict[]): string =>
  [...new Set(verdicts.map(({ why }) => why))]
    .map((why, index, all) => (index < all.length - 1 && !/[.?]$/.test(why) ? `${why}.` : why))
    .join(' ')

function together(
  verdicts: readonly Verdict[],
  shown: readonly Verdict[],
  verdict: VerdictWord,
  word: string,
): Verdict {
  return {
    verdict,
    expected: joined(verdicts, word, (v) => v.expected),
    observed: joined(shown, ';', (v) => v.observed),
    why: reasons(shown),
    evidence: verdicts.flatMap((v) => v.evidence),
  }
}

/** All must pass; the verdict is the worst one, and says what the worst ones saw. */
export function allOf(verdicts: readonly Verdict[]): Verdict {
  const worst = Math.min(...verdicts.map(rank))
  const verdict = verdictOrder[worst] ?? 'error'
  return together(
    verdicts,
    verdicts.filter((v) => rank(v) === worst),
    verdict,
    ';',
  )
}

/** One pass is enough; without one, the best of the others decides, but an unasked one keeps it from failing. */
export function anyOf(verdicts: readonly Verdict[]): Verdict {
  const has = (word: VerdictWord): boolean => verdicts.some((v) => v.verdict === word)
  const verdict: VerdictWord = has('pass') ? 'pass' : has('waiting') ? 'waiting' : has('error') ? 'error' : 'fail'
  return together(
    verdicts,
    verdicts.filter((v) => v.verdict === verdict),
    verdict,
    ', or',
  )
}

/** pass and fail change places; waiting and error stay, because a thing unknown is unknown in both directions. */
export function negated(inner: Verdict): Verdict {
  const verdict = inner.verdict === 'pass' ? 'fail' : inner.verdict === 'fail' ? 'pass' : inner.verdict
  return { ...inner, verdict, expected: `not: ${inner.expected}` }
}
