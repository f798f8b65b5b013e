import { setTimeout as pause } from 'node:timers/promises'
import { messageOf } from '../checks/check.js'
import { DojoError } from '../contract/errors.js'
import { createAttempt } from './attempt.js'
import { loadExercises, type Exercise } from './load.js'
import { proveStep, solveStep, type StepProof } from './prove-step.js'
import type { ProofWorld } from './world.js'

export interface ExerciseProof {
  exercise: string
  ok: boolean
  seconds: number
  steps: StepProof[]
  /** What kept the proof from going on; null when it came to its end. */
  error: string | null
}
export interface ProofReport {
  ok: boolean
  seconds: number
  exercises: ExerciseProof[]
}

export interface ProveOptions {
  /** Boots a lab of this topology from fresh, and opens it. */
  openLab: (topology: string, signal: AbortSignal) => Promise<ProofWorld>
  signal: AbortSignal
  /** One line per part that was proven or failed. */
  say?: (line: string) => void
  /** How long a step is left alone to show that idling earns nothing. */
  idleMs?: number
  /** Only this step of each exercise is proven; those before it are solved, those after it are left out. */
  step?: string
  /** Content to prove; without it: labs/exercises. */
  exercises?: readonly Exercise[]
}

/** Exercises that are proven at the same time, each on a lab of its own: most of a proof waits for leases to run out. */
const atOnce = 2

/**
 * Shows on real labs, from fresh: each step's baseline holds, idling earns nothing, every run block works, every decoy
 * fails with its diagnosis, and the solution, typed into a terminal, passes. Nothing to prove, or a part that was not
 * reached, is a failure.
 * @throws DojoError `unknown-exercise`, `content-invalid`; what fails on a lab is in the report
 */
export async function prove(slugs: readonly string[], options: ProveOptions): Promise<ProofReport> {
  const startedAt = Date.now()
  const all = options.exercises ?? (await loadExercises())
  const unknown = slugs.filter((slug) => !all.some((exercise) => exercise.slug === slug))
  if (unknown.length > 0) {
    throw new DojoError('unknown-exercise', {
      what: `No exercise "${unknown[0]}"`,
      why: `the exercises here are ${all.map((it) => it.slug).join(', ') || 'none'}`,
      next: 'Use one of these names',
    })
  }
  const chosen = slugs.length === 0 ? all : all.filter((exercise) => slugs.includes(exercise.slug))
  const { step } = options
  const without = step === undefined ? undefined : chosen.find(({ spec }) => !spec.steps.some((it) => it.step === step))
  if (without) {
    throw new DojoError('usage', {
      what: `No step "${step}" in ${without.slug}`,
      why: `its steps are ${without.spec.steps.map((it) => it.step).join(', ')}`,
      next: 'Use one of these names',
    })
  }
  const proofs = new Map<Exercise, ExerciseProof>()
  const waiting = chosen.values()
  const proveNext = async (): Promise<void> => {
    for (const exercise of waiting) {
      const say = (line: string): void => options.say?.(chosen.length > 1 ? `${exercise.slug}/${line}` : line)
      proofs.set(exercise, await proveExercise(exercise, { ...options, say }))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, proveNext))
  const exercises = chosen.map((exercise) => proofs.get(exercise)!)
  return {
    ok: exercises.length > 0 && exercises.every((proof) => proof.ok),
    seconds: secondsSince(startedAt),
    exercises,
  }
}

const secondsSince = (startedAt: number): number => Math.round((Date.now() - startedAt) / 100) / 10

async function proveExercise(exercise: Exercise, options: ProveOptions): Promise<ExerciseProof> {
  const { openLab, signal, say = () => undefined, idleMs = 4000, step: only } = options
  const startedAt = Date.now()
  const steps: StepProof[] = []
  let error: string | null = null
  let world: ProofWorld | null = null
  try {
    say(`boot: a fresh ${exercise.spec.topology}`)
    world = await openLab(exercise.spec.topology, signal)
    await proveSteps(exercise, world, { signal, say, idleMs, steps, only })
  } catch (caught) {
    error = messageOf(caught)
    say(`stopped: ${error}`)
  } finally {
    // a lab of ours stays with nobody, whatever happened; an aborted proof removes it as well
    await world?.remove().catch((caught: unknown) => (error ??= `the lab could not be removed: ${messageOf(caught)}`))
  }
  const wanted = exercise.spec.steps.filter(({ step }) => only === undefined || step === only)
  const missing = wanted.slice(steps.length).map(({ step }) => notReached(step, error ?? 'not reached'))
  const proofs = [...steps, ...missing]
  const ok = error === null && proofs.length > 0 && proofs.every((step) => step.proven)
  return { exercise: exercise.slug, ok, seconds: secondsSince(startedAt), steps: proofs, error }
}

interface Wanted {
  /** Where proofs are put as they come. */
  steps: StepProof[]
  only: string | undefined
}

async function proveSteps(
  exercise: Exercise,
  world: ProofWorld,
  { signal, say, idleMs, steps, only }: Required<Pick<ProveOptions, 'signal' | 'say' | 'idleMs'>> & Wanted,
): Promise<void> {
  const attempt = await createAttempt({ world, exercise })
  try {
    for (const [index, { step }] of exercise.spec.steps.entries()) {
      signal.throwIfAborted()
      const input = {
        world,
        attempt,
        step: () => exercise.stepWith(index, attempt.variables()),
        context: () => attempt.context(),
        idleMs,
        signal,
        say,
      }
      const wanted = only === undefined || step === only
      const proof = wanted ? await proveStep(input) : null
      if (proof) steps.push(proof)
      if (step === only) return
      const solution = proof?.solution ?? (await solveStep(input))
      if (!solution.ok) throw new Error(`step ${step} was not solved: ${solution.why}`)
      await attempt.next()
      await pause(0)
    }
    const { state, summary } = attempt.view()
    if (state !== 'finished') throw new Error(`the attempt is ${state} after its last step`)
    const open = summary.filter(({ value }) => value === 'not yet' || value === '...')
    if (open.length > 0) throw new Error(`figures that nobody measured: ${open.map((it) => it.label).join(', ')}`)
    say(`summary: ${summary.map(({ label, value }) => `${label} ${value}`).join('; ')}`)
  } finally {
    await attempt.stop()
  }
}

const notReached = (step: string, why: string): StepProof => {
  const part = { ok: false, why: `not proven: ${why}` }
  return {
    step,
    proven: false,
    why: part.why,
    seconds: 0,
    idle: part,
    blocks: [],
    solution: { ...part, seconds: 0 },
    decoys: [],
  }
}
