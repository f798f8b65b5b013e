import { evaluate, partsOf, readValue, type CheckContext, type Condition, type Scalar } from '../checks/index.js'
import type { Verdict } from '../contract/check.js'
import type { EventKind } from '../contract/record.js'
import { newStepState, type AttemptState, type StepState } from './attempt-state.js'
import type { Live } from './attempt-view.js'
import { diagnose } from './diagnose.js'
import { ask, latched, newSlot, resultsOf, satisfied, settle, type Slot } from './evaluator.js'
import type { LabAction, StepSpec } from './format.js'
import { carryOutLabAction } from './lab-actions.js'
import type { Exercise } from './load.js'
import { standing } from './news.js'
import { readReadouts } from './readouts.js'
import type { World } from './world.js'

interface StepRunInput {
  world: World
  exercise: Exercise
  /** Changed in place: the attempt saves it. */
  state: AttemptState
  resumedAt: number | null
  clock: () => number
  tell: (kind: EventKind, text: string, data?: Record<string, unknown>) => void
  changed: () => void
  save: () => void
}

export interface StepRun {
  live(): Live
  context(): CheckContext
  start(): Promise<void>
  /** Takes the step up that the state names: from its baseline on. */
  begin(): Promise<void>
  /** Asks every check and diagnosis once, and resolves when all have answered. */
  evaluateNow(): Promise<void>
  bindKept(): Promise<void>
  carryOut(actions: readonly LabAction[], signal: AbortSignal): Promise<void>
  /** Nothing is asked until the next `begin`; the reason is shown as what is in the way. */
  pause(why: string): void
  stop(): void
}

/** Without news from the cluster, checks that read SQL or a host are still asked this often. */
const everyMs = 250
/** However much news there is, a step is not asked more often than this. */
const atMostEveryMs = 80

/** The step under way: evaluated on every change of the cluster and on a timer, until it is done. */
export function createStepRun({
  world,
  exercise,
  state,
  resumedAt,
  clock,
  tell,
  changed,
  save,
}: StepRunInput): StepRun {
  let step: StepSpec | null = null
  let slots: Slot[] = []
  let diagnosis: Live['diagnosis'] = null
  let readouts: Live['readouts'] = []
  let baseline: Live['baseline'] = { ok: false, why: 'Looking at the cluster' }
  /** Grows when a step begins or is reset: what was asked before is of no interest any more. */
  let age = 0
  let paused = false
  let stopped = false
  let pending: NodeJS.Timeout | null = null
  let lastTick = 0
  let beginning: Promise<void> | null = null
  let side: Promise<void> | null = null
  /** Every check passed, and what the step keeps is being read: it counts as done once that is known. */
  let finishing: Promise<void> | null = null
  const asking = new Map<Slot, Promise<void>>()
  const endings: (() => void)[] = []

  const declared = () => exercise.spec.steps[state.step]!
  const kept = (): StepState => (state.steps[declared().step] ??= newStepState())
  const settled = (): boolean => finishing !== null || kept().doneAt !== null
  const context = (): CheckContext => ({
    sources: world,
    now: clock(),
    since: kept().beganAt ?? clock(),
    ...(resumedAt === null ? {} : { resumedAt }),
    beganAt: (name) => state.steps[name]?.beganAt ?? null,
    results: resultsOf(slots),
    answers: new Map(Object.values(state.steps).flatMap((one) => Object.entries(one.answers))),
  })

  /** An answer is judged at once, and nobody else's; "not done yet" only once somebody asked, or a mistake has a name. */
  const frank = (slot: Slot): boolean => {
    if (kept().asked || slot.view.passedAt !== null) return true
    const { params } = partsOf(slot.spec as Condition)
    const question = (params as { question?: string }).question
    return question === undefined ? diagnosis !== null : kept().answers[question] !== undefined
  }

  async function bind(values: StepSpec['remember']): Promise<{ bound: Record<string, Scalar>; missing: string[] }> {
    const bound: Record<string, Scalar> = {}
    const missing: string[] = []
    for (const [name, spec] of Object.entries(values)) {
      const read = await readValue(spec, context())
      if (read.ok) bound[name] = read.value
      else missing.push(`${name}: ${read.why}`)
    }
    return { bound, missing }
  }

  async function tryBegin(): Promise<void> {
    const mine = age
    const verdict = await evaluate(exercise.baselineOf(state.step, state.variables), context())
    if (mine !== age || paused || stopped) return
    if (verdict.verdict !== 'pass') {
      baseline = {
        ok: false,
        why: `Before this step can begin: ${verdict.expected}. Now: ${verdict.observed}. ${verdict.why}`,
      }
      return changed()
    }
    const { bound, missing } = await bind(declared().remember)
    if (mine !== age || paused || stopped) return
    if (missing.length > 0) {
      baseline = { ok: false, why: `Before this step can begin, the cluster must be readable: ${missing.join('; ')}` }
      return changed()
    }
    Object.assign(state.variables, bound)
    kept().beganAt = clock()
    open()
    tell('step.began', `step ${state.step + 1}: ${step?.title}`, { step: declared().step, index: state.step })
    save()
    changed()
    schedule()
  }

  /** Makes the slots of a step that has begun, from what was kept of it. */
  function open(): void {
    step = exercise.stepWith(state.step, state.variables)
    slots = step.checks.map((check) => newSlot(check, kept().checks[check.id]))
    readouts = kept().readouts
    baseline = { ok: true, why: '' }
    diagnosis = null
  }

  function enter(slot: Slot, verdict: Verdict, asked: boolean): void {
    const { passed, regressed } = settle(slot, verdict, clock(), { frank, asked })
    const { id, title } = slot.spec
    const about = { step: declared().step, check: id, observed: verdict.observed }
    kept().checks[id] = slot.view
    if (passed) {
      kept().passedAt[id] = slot.view.passedAt!
      tell('check.passed', title, about)
      save()
      schedule()
    }
    if (regressed) tell('check.regressed', title, about)
    if (slots.every(satisfied)) void finish()
    changed()
  }

  function askSlot(slot: Slot, urgent = false): Promise<void> {
    const mine = age
    const asked = ask(slot, context(), clock)
      .then((verdict) => void (mine === age && !settled() && enter(slot, verdict, urgent)))
      .finally(() => asking.delete(slot))
    asking.set(slot, asked)
    return asked
  }

  async function look(): Promise<void> {
    const mine = age
    const now = context()
    if (!step) return
    const [found, figures] = await Promise.all([diagnose(step.diagnoses, now), readReadouts(step.readouts, now)])
    if (mine !== age || settled()) return
    if (found && diagnosis?.id !== found.id) schedule()
    diagnosis = found
    readouts = figures
    changed()
  }
  const lookOnce = (): Promise<void> => (side ??= look().finally(() => (side = null)))

  /** Nobody sees the step done before what its closing words name is known. */
  function finish(): Promise<void> {
    const mine = age
    const doneAt = clock()
    const read = async (): Promise<void> => {
      const figures = await readReadouts(step?.readouts ?? [], context())
      if (mine === age) await bindKept()
      if (mine !== age) return
      finishing = null
      diagnosis = null
      kept().doneAt = doneAt
      kept().readouts = figures
      tell('step.done', `step ${state.step + 1} done: ${step?.title}`, { step: declared().step, index: state.step })
      save()
      changed()
    }
    return (finishing ??= read())
  }

  async function bindKept(): Promise<void> {
    // of the step as it runs: the declared one has samples where its variables stand
    const wanted = Object.entries((step ?? declared()).keep).filter(([name]) => state.variables[name] === undefined)
    if (wanted.length === 0) return
    const { bound } = await bind(Object.fromEntries(wanted))
    Object.assign(state.variables, bound)
  }

  function schedule(): void {
    if (pending || stopped || paused) return
    pending = setTimeout(tick, Math.max(0, atMostEveryMs - (clock() - lastTick)))
  }
  function tick(): void {
    pending = null
    lastTick = clock()
    if (stopped || paused || state.state !== 'running') return
    if (!step) {
      beginning ??= tryBegin().finally(() => (beginning = null))
      return
    }
    if (settled()) return
    // an app that ended in between has the passed checks, and nobody asks them again
    if (slots.every(satisfied)) return void finish()
    for (const slot of slots) if (!latched(slot) && !asking.has(slot)) void askSlot(slot)
    void lookOnce()
  }

  async function begin(): Promise<void> {
    age++
    finishing = null
    paused = false
    step = null
    slots = []
    diagnosis = null
    readouts = []
    baseline = { ok: false, why: 'Looking at the cluster' }
    for (const name of Object.keys(declared().keep)) delete state.variables[name]
    if (kept().beganAt !== null) open()
    else await (beginning = tryBegin().finally(() => (beginning = null)))
  }

  return {
    live: () => ({ step, checks: slots.map((slot) => slot.view), diagnosis, readouts, baseline }),
    context,
    bindKept,
    begin,
    async start() {
      if (kept().beganAt !== null) open()
      const timer = setInterval(schedule, everyMs)
      let last = ''
      const onCluster = world.onCluster((cluster) => {
        const now = standing(cluster)
        if (now !== last) schedule()
        last = now
      })
      const onRecord = world.onRecord((record) => record.k === 'event' && schedule())
      endings.push(onCluster, onRecord, () => clearInterval(timer))
      if (!step) await (beginning = tryBegin().finally(() => (beginning = null)))
    },
    async evaluateNow() {
      if (!step || settled()) return void (await finishing)
      const askAll = async (): Promise<void> => {
        await Promise.all(asking.values())
        await Promise.all(slots.filter((slot) => !latched(slot)).map((slot) => askSlot(slot, true)))
      }
      await askAll()
      await side
      await lookOnce()
      // a diagnosis makes failures frank, and one check may settle another
      await askAll()
      await finishing
    },
    async carryOut(actions, signal) {
      for (const action of actions) await carryOutLabAction(action, world, context, signal)
    },
    pause(why) {
      age++
      finishing = null
      paused = true
      step = null
      slots = []
      diagnosis = null
      baseline = { ok: false, why }
      changed()
    },
    stop() {
      stopped = true
      age++
      if (pending) clearTimeout(pending)
      for (const end of endings.splice(0)) end()
    },
  }
}
