import type { PitrStep, PitrView } from '../contract/backup.js'
import { indent, seconds } from './output.js'

const marks: Record<PitrStep['state'], string> = { waiting: '.', running: '>', done: '+', failed: 'x' }

const targetText = ({ target }: PitrView): string =>
  `${target.exclusive ? 'just before ' : ''}${target.kind} ${target.value}${target.timeline === undefined ? '' : ` on timeline ${target.timeline}`}`

export const pitrHead = (view: PitrView): string =>
  `${view.mode === 'beside' ? `beside the cluster, on ${view.spare}` : `the whole cluster, restored on ${view.leader}`}, to ${targetText(view)}, from backup ${view.backup}\n`

/** One step as a line, and under it what showed that it worked. */
export const stepText = ({ state, title, observed, seconds: took }: PitrStep): string =>
  `${marks[state]} ${title}${took === null ? '' : `  ${seconds(took * 1000)}`}\n${observed ? `    ${observed}\n` : ''}`

export const commandsText = (commands: PitrStep['commands']): string =>
  commands.map(({ on, run }) => `${on}$ ${run}\n`).join('')

/** The whole, with the commands; of a plan, or of a recovery as it stands. */
export function pitrText(view: PitrView): string {
  const steps = view.steps.map(
    (step, i) => `${i + 1}. ${stepText(step)}${indent(`${step.why}\n${commandsText(step.commands)}`, '    ')}`,
  )
  const state = view.state === 'planned' ? 'dry run: nothing was done' : view.state
  return `${pitrHead(view)}${state}\n\n${steps.join('\n')}${view.use.length > 0 ? `\n${useText(view)}` : ''}`
}

export const useText = (view: PitrView): string =>
  view.use.length === 0 ? '' : `use it:\n${indent(commandsText(view.use))}`
