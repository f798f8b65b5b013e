import { readValue, type CheckContext } from '../checks/index.js'
import type { ActionSpec, StepSpec } from './format.js'

/** The reference solution as Markdown, with what is live now. It shows; it does not do. */
export async function solutionText(step: StepSpec, context: CheckContext): Promise<string> {
  const parts: string[] = []
  for (const action of step.solution) {
    const text = await actionText(action, step, context)
    if (text) parts.push([action.says, text].filter(Boolean).join('\n\n'))
  }
  return parts.join('\n\n')
}

async function actionText(action: ActionSpec, step: StepSpec, context: CheckContext): Promise<string> {
  if ('run' in action) {
    const as = action.as === 'shell' ? '' : ` as=${action.as}`
    return `\`\`\`${action.as === 'psql' ? 'sql' : 'sh'} run on=${action.on}${as}\n${action.run}\n\`\`\``
  }
  if ('fault' in action) {
    const does = commandOf(action)
    const button = step.actions.find((it) => commandOf(it) === does)
    const command = `\`dojo fault ${context.sources.cluster().lab} ${does}\``
    return button ? `Use **${button.label}**, or ${command}.` : `Use ${command}.`
  }
  if ('heal' in action) return 'Heal every fault.'
  if ('answer' in action) {
    const ask = step.questions.find((question) => question.id === action.answer)?.ask ?? action.answer
    const read = await valueOf(action, context)
    return read.ok ? `${ask} **${read.value}**` : `${ask} Not known yet: ${read.why}.`
  }
  return ''
}

/** As the command line takes it, after the lab. */
const commandOf = ({ fault, target, options }: Omit<StepSpec['actions'][number], 'label'> | FaultAction): string =>
  [fault, target, ...Object.entries(options).map(([name, value]) => `--${name} ${[value].flat().join(',')}`)].join(' ')

type FaultAction = Extract<ActionSpec, { fault: string }>
type AnswerAction = Extract<ActionSpec, { answer: string }>

/** What an answering action answers now. */
export async function valueOf(
  action: AnswerAction,
  context: CheckContext,
): Promise<{ ok: true; value: string | number } | { ok: false; why: string }> {
  if ('value' in action) return { ok: true, value: action.value }
  const read = await readValue(action.live, context)
  if (!read.ok) return read
  const value = action.choice?.[String(read.value)] ?? read.value
  return { ok: true, value: typeof value === 'boolean' ? String(value) : value }
}
