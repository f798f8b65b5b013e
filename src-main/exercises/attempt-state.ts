import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { checkView } from '../contract/check.js'
import { attemptView, stepView, type ExerciseSummary } from '../contract/exercise.js'
import { epochMs } from '../contract/names.js'
import { readJsonIfAny, writeJsonAtomic } from '../util/atomic-file.js'

const answer = z.object({ value: z.union([z.string(), z.number()]), at: epochMs })

const stepState = z.object({
  /** When its baseline first held; null before. A reset makes it null again. */
  beganAt: epochMs.nullable(),
  doneAt: epochMs.nullable(),
  answers: z.record(z.string(), answer),
  passedAt: z.record(z.string(), epochMs),
  checks: z.record(z.string(), checkView).describe('As last shown; frozen when the step is done'),
  readouts: stepView.shape.readouts,
  hints: z.int(),
  solution: z.string().nullable(),
  /** Whether the learner asked for a verdict: until then, "not done yet" reads as waiting. */
  asked: z.boolean(),
})
export type StepState = z.infer<typeof stepState>

/** `attempts/<id>.json` in the lab's folder: everything that a restarted app needs to go on. */
export const attemptState = z.object({
  version: z.literal(1),
  id: z.string(),
  exercise: z.string(),
  lab: z.string(),
  state: attemptView.shape.state,
  startedAt: epochMs,
  endedAt: epochMs.nullable(),
  step: z.int(),
  looking: z.int().nullable().describe('An earlier step on screen'),
  variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  steps: z.record(z.string(), stepState),
  summary: attemptView.shape.summary,
})
export type AttemptState = z.infer<typeof attemptState>

export const newStepState = (): StepState => ({
  beganAt: null,
  doneAt: null,
  answers: {},
  passedAt: {},
  checks: {},
  readouts: [],
  hints: 0,
  solution: null,
  asked: false,
})

const fileOf = (dir: string, id: string): string => join(dir, 'attempts', `${id}.json`)

/** Saves in order, one write at a time; only the newest state waits. */
export function createSaver(dir: string, read: () => AttemptState): { save(): void; flush(): Promise<void> } {
  let wanted = false
  let running: Promise<void> | null = null
  const drain = async (): Promise<void> => {
    while (wanted) {
      wanted = false
      const state = read()
      await writeJsonAtomic(fileOf(dir, state.id), state)
    }
  }
  return {
    save() {
      wanted = true
      // a failed write (a full disk, a removed lab) is told by the next flush; the attempt goes on in memory
      running ??= drain().finally(() => (running = null))
      running.catch(() => undefined)
    },
    flush: async () => void (await running),
  }
}

export const readAttempt = (dir: string, id: string): Promise<AttemptState | null> =>
  readJsonIfAny(fileOf(dir, id), attemptState)

/** Attempts kept in a lab's folder, newest first. A file that can't be read is left out. */
export async function listAttempts(dir: string): Promise<AttemptState[]> {
  const names = await readdir(join(dir, 'attempts')).catch(() => [] as string[])
  const read = names
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .map((name) => readAttempt(dir, name.slice(0, -'.json'.length)).catch(() => null))
  const attempts = (await Promise.all(read)).filter((it): it is AttemptState => it !== null)
  return attempts.toSorted((a, b) => b.startedAt - a.startedAt)
}

/** What a card on the home screen says of an attempt. */
export const attemptSummary = ({ id, lab, state, step }: AttemptState): ExerciseSummary['attempt'] => ({
  id,
  lab,
  state,
  step,
})
