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
    const button = step.actions.find((it) => it.fault === action.fault && it.target === action.target)
    const command = `\`dojo fault ${context.sources.cluster().lab} ${action.fault} ${action.target}\``
    return button ? `Use **${button.label}**, or ${command}.` : `Use ${command}.`
  }
  if ('heal' in action) return 'Heal every fault.'
  if ('answer' in action) {
    const ask = step.questions.find((question) => question.id === action.answer)?.ask ?? action.answer
    const read = 'live' in action ? await readValue(action.live, context) : { ok: true as const, value: action.value }
    return read.ok ? `${ask} **${read.value}**` : `${ask} Not known yet: ${read.why}.`
  }
  return ''
}
