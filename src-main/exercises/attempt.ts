import { randomBytes } from 'node:crypto'
import type { CheckContext } from '../checks/index.js'
import { DojoError } from '../contract/errors.js'
import type { AttemptView } from '../contract/exercise.js'
import type { EventKind } from '../contract/record.js'
import { createSaver, newStepState, readAttempt, type AttemptState } from './attempt-state.js'
import { attemptViewOf } from './attempt-view.js'
import type { Exercise } from './load.js'
import { readReadouts } from './readouts.js'
import { answerFor, answersClosed, noQuestion, notRunning, stepNotBegun, stepNotDone } from './refusals.js'
import { solutionText } from './solution.js'
import { createStepRun } from './step-run.js'
import type { Variables } from './template.js'
import { waitUntil } from './wait-until.js'
import type { World } from './world.js'

/** One person's run through an exercise, on one lab. Every call resolves with the view after it. */
export interface Attempt {
  readonly id: string
  readonly slug: string
  view(): AttemptView
  /** Called with the whole view whenever it changed. Returns the way to stop it. */
  onView(listener: (view: AttemptView) => void): () => void
  /** Asks every check of the step now, and tells failures as failures from then on. */
  check(): Promise<AttemptView>
  answer(question: string, value: string | number): Promise<AttemptView>
  hint(): Promise<AttemptView>
  /** Shows the reference solution; it does not carry it out. */
  solve(): Promise<AttemptView>
  /** On to the next step, or to the end. @throws DojoError `not-yet` while the step is not done */
  next(): Promise<AttemptView>
  /** Shows an earlier step as it was, or the present one. */
  look(step: number): Promise<AttemptView>
  /** Brings the lab back to the step's baseline as far as it can, and forgets what was done and answered in it. */
  reset(options?: ResetOptions): Promise<AttemptView>
  abandon(): Promise<AttemptView>
  /** Variables bound so far; for the proof. */
  variables(): Variables
  /** What checks of the present step may know now; for the proof. */
  context(): CheckContext
  /** Ends the evaluation and saves; the attempt can be opened again. */
  stop(): Promise<void>
}

export interface ResetOptions {
  signal?: AbortSignal
  /** false: only what was answered and seen in this step is forgotten. Without it: as the step declares. */
  repair?: boolean
}

export interface AttemptInput {
  world: World
  exercise: Exercise
  clock?: () => number
  /** Of a new attempt, where it is announced before its lab is up; otherwise one is made. */
  id?: string
}

export const newAttemptId = (slug: string, now = Date.now()): string =>
  `${slug}-${now.toString(36)}${randomBytes(2).toString('hex')}`

/** Begins an attempt: a new file under the lab's folder. */
export async function createAttempt(input: AttemptInput): Promise<Attempt> {
  const { world, exercise, clock = Date.now } = input
  const now = clock()
  const state: AttemptState = {
    version: 1,
    id: input.id ?? newAttemptId(exercise.slug, now),
    exercise: exercise.slug,
    lab: world.lab,
    state: 'running',
    startedAt: now,
    endedAt: null,
    step: 0,
    looking: null,
    variables: { lab: world.lab, scope: world.scope, topology: world.topology },
    steps: {},
    summary: [],
  }
  const attempt = await run(input, state, null)
  return attempt
}

/**
 * Takes an attempt up again after the app ended, however it ended. Answers, passed checks and variables are as they were.
 * @throws DojoError `unknown-attempt`
 */
export async function openAttempt(input: AttemptInput & { id: string }): Promise<Attempt> {
  const { world, exercise, id, clock = Date.now } = input
  const state = await readAttempt(world.dir, id)
  if (!state || !fits(exercise, state)) {
    throw new DojoError('unknown-attempt', {
      what: `No attempt "${id}" at ${exercise.slug} in lab ${world.lab}`,
      why: state ? 'its file belongs to another exercise, or to another version of it' : 'the lab keeps no file for it',
      next: 'Start the exercise again for a new attempt',
    })
  }
  return await run(input, state, clock())
}

/** Whether the content still is what the attempt was begun with: every step that has begun can be shown. */
function fits(exercise: Exercise, state: AttemptState): boolean {
  if (state.exercise !== exercise.slug || state.step >= exercise.spec.steps.length) return false
  try {
    for (const [index, { step }] of exercise.spec.steps.entries()) {
      const begun = (state.steps[step]?.beganAt ?? null) !== null
      if (index < state.step && !begun) return false
      if (begun) exercise.stepWith(index, state.variables)
    }
    return true
  } catch {
    return false // a variable that the new content wants was never bound
  }
}

async function run(
  { world, exercise, clock = Date.now }: AttemptInput,
  state: AttemptState,
  resumedAt: number | null,
): Promise<Attempt> {
  const saver = createSaver(world.dir, () => state)
  const listeners = new Set<(view: AttemptView) => void>()
  let lastSent = ''

  const view = (): AttemptView => attemptViewOf(exercise, state, step.live())
  const changed = (): void => {
    if (listeners.size === 0) return
    const now = view()
    // ages change all the time; a screen wants to hear of what it would show differently
    const signature = JSON.stringify(now, (key, value: unknown) =>
      key === 'evidence' || key === 'at' || key === 'tries' ? undefined : value,
    )
    if (signature === lastSent) return
    lastSent = signature
    for (const listener of listeners) listener(now)
  }
  const tell = (kind: EventKind, text: string, data: Record<string, unknown> = {}): void =>
    world.append({
      k: 'event',
      t: clock(),
      kind,
      text,
      data: { attempt: state.id, exercise: exercise.slug, ...data },
      source: 'app',
    })

  const step = createStepRun({ world, exercise, state, resumedAt, clock, tell, changed, save: () => saver.save() })
  const current = () => exercise.spec.steps[state.step]!
  const kept = () => (state.steps[current().step] ??= newStepState())
  const mustRun = (): void => {
    if (state.state !== 'running') throw notRunning(state.state)
  }
  const begun = () => {
    mustRun()
    const { step: spec, baseline } = step.live()
    if (!spec) throw stepNotBegun(baseline.why)
    return spec
  }
  const saved = async (): Promise<AttemptView> => {
    saver.save()
    changed()
    await saver.flush()
    return view()
  }
  const end = async (how: 'finished' | 'abandoned'): Promise<void> => {
    state.summary = await readReadouts(exercise.summaryWith(state.variables), step.context())
    state.state = how
    state.endedAt = clock()
    tell('attempt.ended', `${exercise.spec.title}: ${how}`, { how })
    step.stop()
  }

  if (resumedAt === null) tell('attempt.began', `${exercise.spec.title} begins`)
  if (state.state === 'running') {
    await world.startProbe().catch(() => undefined) // without a probe its checks say so; the rest can go on
    await step.start()
  }
  saver.save()
  await saver.flush()

  return {
    id: state.id,
    slug: exercise.slug,
    view,
    onView(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async check() {
      mustRun()
      kept().asked = true
      await step.evaluateNow()
      return await saved()
    },
    async answer(id, value) {
      const spec = begun()
      const question = spec.questions.find((it) => it.id === id)
      if (!question) throw noQuestion(id, spec)
      if (kept().doneAt !== null) throw answersClosed()
      const given = answerFor(question, value)
      kept().answers[id] = { value: given, at: clock() }
      tell(
        'answer',
        question.prediction ? `predicted ${given}${question.unit ? ` ${question.unit}` : ''}` : `answered ${given}`,
        {
          step: spec.step,
          question: id,
          value: given,
          prediction: question.prediction,
        },
      )
      await step.evaluateNow()
      return await saved()
    },
    async hint() {
      const spec = begun()
      if (kept().hints < spec.hints.length) {
        kept().hints++
        tell('hint', `hint ${kept().hints} of ${spec.hints.length}`, { step: spec.step })
      }
      return await saved()
    },
    async solve() {
      const spec = begun()
      kept().solution = await solutionText(spec, step.context())
      return await saved()
    },
    async next() {
      mustRun()
      const { checks, baseline } = step.live()
      if (kept().doneAt === null) throw stepNotDone(current().title, checks, baseline)
      await step.bindKept()
      state.looking = null
      if (state.step + 1 < exercise.spec.steps.length) {
        state.step++
        await step.begin()
      } else await end('finished')
      return await saved()
    },
    async look(index) {
      if (index < 0 || index > state.step) {
        throw new DojoError('not-yet', {
          what: `Step ${index + 1} can not be looked at`,
          why: `this attempt is at step ${state.step + 1} of ${exercise.spec.steps.length}`,
          next: 'Finish the steps before it',
        })
      }
      state.looking = index === state.step ? null : index
      return await saved()
    },
    async reset({ signal = AbortSignal.timeout(180_000), repair = current().repair } = {}) {
      mustRun()
      const { hints } = kept()
      state.looking = null
      step.pause(`Bringing the lab back to the begin of "${current().title}"`)
      try {
        state.steps[current().step] = { ...newStepState(), hints }
        if (repair) {
          await world.repair(signal)
          const healthy = exercise.baselineOf(0, state.variables)
          await waitUntil(healthy, () => step.context(), 120_000, signal, 'the lab to be healthy again')
          await step.carryOut(exercise.stepWith(state.step, state.variables).reset, signal)
        }
      } finally {
        await step.begin()
      }
      return await saved()
    },
    async abandon() {
      mustRun()
      await end('abandoned')
      return await saved()
    },
    variables: () => ({ ...state.variables }),
    context: () => step.context(),
    async stop() {
      step.stop()
      saver.save()
      await saver.flush()
      listeners.clear()
    },
  }
}
