import type { CheckView } from '../contract/check.js'
import { DojoError } from '../contract/errors.js'
import type { StepSpec } from './format.js'

/** What an attempt answers to what can't be done now. */
export const notRunning = (state: string): DojoError =>
  new DojoError('not-yet', {
    what: `This attempt is ${state}`,
    why: 'only a running attempt can go on',
    next: 'Start the exercise again for a new attempt',
  })

export function stepNotDone(
  title: string,
  checks: readonly CheckView[],
  baseline: { ok: boolean; why: string },
): DojoError {
  const open = checks.filter((check) => check.result?.verdict !== 'pass')
  const [first] = open
  const seen = first?.result ? `; expected ${first.result.expected}, observed ${first.result.observed}` : ''
  return new DojoError('not-yet', {
    what: `Step "${title}" is not done`,
    why: baseline.ok
      ? `${checks.length - open.length} of ${checks.length} checks pass, and "${first?.title}" does not${seen}`
      : baseline.why,
    next: 'Look at the checks, or ask for a hint',
  })
}

export const stepNotBegun = (why: string): DojoError =>
  new DojoError('not-yet', { what: 'This step can not begin yet', why, next: 'Wait, or reset the step' })

export const noQuestion = (id: string, step: StepSpec): DojoError =>
  new DojoError('usage', {
    what: `No question "${id}" in this step`,
    why: `its questions are ${step.questions.map((question) => question.id).join(', ') || 'none'}`,
    next: 'Use one of these names',
  })

export const answersClosed = (): DojoError =>
  new DojoError('not-yet', {
    what: 'This step is done, and its answers are kept as they are',
    why: 'a prediction that could be changed afterwards would be none',
    next: 'Reset the step to answer anew',
  })

/** A given answer in the type of its question. "21,9" and "21.9 s" are numbers; "soon" is none. */
export function answerFor(question: StepSpec['questions'][number], value: string | number): string | number {
  const wrong = (why: string, next: string): DojoError =>
    new DojoError('usage', { what: `"${value}" does not answer this`, why, next })
  if (question.kind === 'number') {
    const text = String(value).trim().replace(',', '.')
    const unit = question.unit ?? ''
    const bare = unit !== '' && text.endsWith(unit) ? text.slice(0, -unit.length).trim() : text
    if (!/^[+-]?\d+(\.\d+)?$/.test(bare))
      throw wrong(`a number${unit ? ` in ${unit}` : ''} is asked for`, 'Give digits, for example 12')
    return Number(bare)
  }
  const text = String(value).trim()
  if (text === '') throw wrong('it is empty', 'Give an answer')
  if (question.kind === 'choice' && !question.choices?.includes(text)) {
    throw wrong('it is none of the choices', `Choose one of: ${question.choices?.join(' | ')}`)
  }
  return text
}
