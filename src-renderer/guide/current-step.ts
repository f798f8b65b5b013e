import type { AttemptView } from '../../src-main/contract/exercise.js'

/**
 * Index of the step that the learner is at. A step that is done stays the present one until the learner goes on, and
 * then no step is called current.
 */
export function currentStep({ steps }: Pick<AttemptView, 'steps'>): number {
  const current = steps.findIndex(({ state }) => state === 'current')
  if (current >= 0) return current
  return Math.max(
    0,
    steps.findLastIndex(({ state }) => state === 'done'),
  )
}
