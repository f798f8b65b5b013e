import type { Command } from 'commander'
import type { DojoClient } from '../api/local-client.js'
import { DojoError } from '../contract/errors.js'
import type { AttemptView } from '../contract/exercise.js'
import { firstOf, withDojo } from './connect.js'
import { checksText, hintsText, stepText } from './exercise-text.js'
import { Exit, wrongUsage } from './failure.js'
import { ensureOwner } from './keeper.js'
import { table } from './output.js'
import { untilBooted } from './up.js'
import { jsonOption, type Cli, type Verb } from './verb.js'

interface Options {
  attempt?: string
  lab?: string
  json?: boolean
}

export const exercise: Verb = (program, cli) => {
  const group = program.command('exercise').summary('list, start, check, answer, hint, solve, next, reset, abandon')
  list(group, cli)
  start(group, cli)
  for (const verb of verbs) onAttempt(group, cli, verb)
}

function list(group: Command, { io, json }: Cli): void {
  group
    .command('list')
    .description('The exercises, with the newest attempt at each.')
    .option(...jsonOption)
    .action((options: Options) =>
      withDojo(async ({ client }) => {
        const exercises = await client.exercises.list()
        if (options.json) return json({ exercises })
        const rows = exercises.map(({ slug, title, group: part, topology, minutes, difficulty, steps, attempt }) => {
          const at = attempt ? `${attempt.state}, step ${attempt.step + 1} of ${steps}` : '-'
          return [slug, title, part, topology, `${minutes} min`, difficulty, at]
        })
        io.out(table(rows, ['exercise', 'title', 'group', 'topology', 'time', 'difficulty', 'attempt']))
      }),
    )
}

function start(group: Command, { io, json }: Cli): void {
  group
    .command('start')
    .description(
      'Begins an exercise; boots a lab for it unless --lab names one. The attempt goes on when this command ends.',
    )
    .argument('<slug>')
    .option('--lab <name>', 'run it on this lab')
    .option(...jsonOption)
    .action(async (slug: string, { lab: named, json: asJson }: Options) => {
      await ensureOwner()
      await withDojo(async ({ client }) => {
        const { attempt, lab } = await client.exercises.start({ slug, ...(named !== undefined && { lab: named }) })
        if (named === undefined) await untilBooted(client, lab, io, asJson === true)
        const view = await viewOf(client, attempt)
        if (asJson) json({ attempt, lab, view })
        else io.out(`\n${stepText(view)}`)
      })
    })
}

/** A verb on the attempt that runs. */
interface AttemptVerb {
  name: string
  description: string
  args?: string
  act(client: DojoClient, view: AttemptView, args: readonly string[]): Promise<AttemptView>
  show(view: AttemptView): string
  /** 1 when something was asked and the answer is no. */
  code?(view: AttemptView): number
}

const stepDone = ({ step }: AttemptView): boolean => step.done
const verbs: readonly AttemptVerb[] = [
  {
    name: 'show',
    description: 'The present step once more.',
    act: async (_client, view) => view,
    show: stepText,
  },
  {
    name: 'check',
    description: 'Asks every check of the step now. Exit code 1: not all of them pass.',
    act: (client, { id }) => client.attempts.check({ attempt: id }),
    show: checksText,
    code: (view) => (stepDone(view) ? 0 : 1),
  },
  {
    name: 'answer',
    description: 'Answers a question of the step.',
    args: '<question> <value>',
    act(client, view, [question = '', given = '']) {
      const kind = view.step.questions.find(({ id }) => id === question)?.kind
      const value = kind === 'number' && given.trim() !== '' && !Number.isNaN(Number(given)) ? Number(given) : given
      return client.attempts.answer({ attempt: view.id, question, value })
    },
    show: checksText,
  },
  {
    name: 'hint',
    description: 'The next hint.',
    act: (client, { id }) => client.attempts.hint({ attempt: id }),
    show: hintsText,
  },
  {
    name: 'solve',
    description: 'Shows the reference solution; it does not run it.',
    act: (client, { id }) => client.attempts.solve({ attempt: id }),
    show: ({ step }) => `${step.solution ?? 'This step has no solution to show.'}\n`,
  },
  {
    name: 'next',
    description: 'On to the next step, once every check of this one has passed.',
    act: (client, { id }) => client.attempts.next({ attempt: id }),
    show: stepText,
  },
  {
    name: 'reset',
    description: 'Brings the lab back to where the step begins, as far as that is possible.',
    act: (client, { id }) => client.attempts.reset({ attempt: id }),
    show: stepText,
  },
  {
    name: 'abandon',
    description: 'Ends the attempt. Its lab stays.',
    async act(client, view) {
      await client.attempts.abandon({ attempt: view.id })
      return { ...view, state: 'abandoned' }
    },
    show: ({ lab }) => `abandoned; its lab still runs: \`dojo down ${lab}\` removes it\n`,
  },
]

function onAttempt(group: Command, { io, json }: Cli, verb: AttemptVerb): void {
  const command = group.command(verb.name).description(verb.description)
  if (verb.args) command.arguments(verb.args)
  command
    .option('--attempt <id>', 'which attempt, when several run')
    .option('--lab <name>', 'the attempt on this lab')
    .option(...jsonOption)
    .action(async (...given: unknown[]) => {
      const self = given.at(-1) as Command
      const options = self.opts<Options>()
      await ensureOwner()
      await withDojo(async ({ client }) => {
        const before = await viewOf(client, await attemptFor(client, options))
        const view = await verb.act(client, before, self.args)
        if (options.json) json(view)
        else io.out(verb.show(view))
        const code = verb.code?.(view) ?? 0
        if (code !== 0) throw new Exit(code)
      })
    })
}

const viewOf = (client: DojoClient, attempt: string): Promise<AttemptView> =>
  firstOf((signal) => client.attempts.watch({ attempt }, { signal }))

/** The attempt that runs here; when several do, one has to be named. */
async function attemptFor(client: DojoClient, { attempt, lab }: Options): Promise<string> {
  if (attempt !== undefined) return attempt
  const running = (await client.labs.list()).flatMap((each) =>
    each.attempt !== null && (lab === undefined || each.lab === lab) ? [{ lab: each.lab, id: each.attempt }] : [],
  )
  const [only] = running
  if (!only) {
    throw new DojoError('unknown-attempt', {
      what: lab === undefined ? 'No attempt runs here' : `No attempt runs on lab "${lab}"`,
      why: 'none was begun, or it is finished',
      next: 'Begin one with `dojo exercise start SLUG`; `dojo exercise list` shows them',
    })
  }
  if (running.length === 1) return only.id
  const which = running.map(({ id, lab: on }) => `${id} on ${on}`).join(', ')
  throw wrongUsage('Which attempt?', `several run: ${which}`, 'Name one with --attempt or --lab')
}
