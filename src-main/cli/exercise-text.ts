import type { CheckView, VerdictWord } from '../contract/check.js'
import type { AttemptView } from '../contract/exercise.js'
import { indent, table } from './output.js'

const words: Record<VerdictWord, string> = { pass: 'pass', fail: 'FAIL', waiting: 'wait', error: 'not checked' }

const wordOf = ({ result }: CheckView): string => (result ? words[result.verdict] : '-')

function checkLines(check: CheckView): string {
  const { result, title } = check
  const head = `${wordOf(check).padEnd(11)}  ${title}\n`
  if (!result || result.verdict === 'pass') return head
  const details = [
    ['expected', result.expected],
    ['observed', result.observed],
    ['why', result.why],
    ...(result.verdict === 'error' ? [['note', 'this does not count against you']] : []),
  ]
  return head + indent(table(details as string[][]), '             ')
}

/** What `dojo exercise check` says. */
export function checksText({ step, state }: AttemptView): string {
  const diagnosis = step.diagnosis ? `\n${step.diagnosis.title}\n${indent(step.diagnosis.says)}\n` : ''
  const readouts = step.readouts.length > 0 ? `\n${table(step.readouts.map(({ label, value }) => [label, value]))}` : ''
  const after = step.done
    ? `\n${step.afterwards ? `${step.afterwards.trim()}\n\n` : ''}Done. ${state === 'running' ? 'On with `dojo exercise next`' : ''}\n`
    : step.baseline.ok
      ? ''
      : `\nThe step can't begin: ${step.baseline.why}\n`
  return step.checks.map(checkLines).join('') + readouts + diagnosis + after
}

export function hintsText({ step }: AttemptView): string {
  const { shown, total } = step.hints
  const last = shown.at(-1)
  return last ? `hint ${shown.length} of ${total}\n${indent(last)}\n` : 'This step has no hints.\n'
}

/** The step as a page of text: prose is Markdown, which reads well as it is. */
export function stepText(view: AttemptView): string {
  const { exercise, step, steps, lab, id, state } = view
  if (state !== 'running') {
    return `${exercise.title}: ${state}\n\n${table(view.summary.map(({ label, value }) => [label, value]))}`
  }
  const questions = step.questions.map(({ id: question, ask, kind, choices, unit, answer }) => {
    const how = choices ? choices.join(' | ') : unit ? `${kind}, ${unit}` : kind
    const given = answer === null ? `dojo exercise answer ${question} VALUE   (${how})` : `answered: ${answer}`
    return `${ask}\n  ${given}\n`
  })
  return [
    `${exercise.title}, step ${step.index + 1} of ${steps.length}: ${step.title}\n`,
    `lab ${lab}, attempt ${id}\n\n`,
    `${step.prose.trim()}\n\n`,
    ...questions,
    questions.length > 0 ? '\n' : '',
    step.checks.map(checkLines).join(''),
    step.baseline.ok ? '' : `\nThe step can't begin: ${step.baseline.why}\n`,
    '\nVerify with `dojo exercise check`, go on with `dojo exercise next`.\n',
  ].join('')
}
