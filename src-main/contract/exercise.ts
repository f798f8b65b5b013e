import { z } from 'zod'
import { checkView } from './check.js'
import { epochMs } from './names.js'

export const exerciseSummary = z.object({
  slug: z.string(),
  number: z.int().describe('Place in the curriculum'),
  title: z.string(),
  goal: z.string().describe('What the learner can do afterwards, one sentence'),
  group: z.string().describe('Read, Move, Break, Recover, Protect, Operate'),
  kind: z.enum(['guided', 'incident', 'assessment']),
  topology: z.string(),
  minutes: z.int(),
  difficulty: z.enum(['first', 'easy', 'medium', 'hard']),
  steps: z.int(),
  attempt: z
    .object({ id: z.string(), lab: z.string(), state: z.enum(['running', 'finished', 'abandoned']), step: z.int() })
    .nullable()
    .describe('The newest attempt here'),
})
export type ExerciseSummary = z.infer<typeof exerciseSummary>

export const questionView = z.object({
  id: z.string(),
  ask: z.string(),
  kind: z.enum(['choice', 'number', 'text']),
  unit: z.string().optional(),
  choices: z.array(z.string()).optional(),
  answer: z.union([z.string(), z.number()]).nullable(),
  answeredAt: epochMs.nullable(),
  prediction: z.boolean().describe('Asked before it is revealed: recorded, not marked right or wrong'),
})
export type QuestionView = z.infer<typeof questionView>

/** Prose in Markdown. Run blocks are fences: ```sh run on=pg1 - a click types them into that terminal. */
export const stepView = z.object({
  id: z.string(),
  index: z.int(),
  title: z.string(),
  prose: z.string(),
  afterwards: z.string().nullable().describe('Markdown, once every check of the step has passed'),
  questions: z.array(questionView),
  readouts: z
    .array(z.object({ label: z.string(), value: z.string() }))
    .describe('Live figures, for example the measured outage'),
  checks: z.array(checkView),
  diagnosis: z
    .object({
      id: z.string(),
      title: z.string(),
      says: z.string(),
      compare: z.array(z.object({ label: z.string(), seconds: z.number(), note: z.string() })).optional(),
    })
    .nullable(),
  hints: z.object({ total: z.int(), shown: z.array(z.string()) }),
  hasSolution: z.boolean(),
  solution: z.string().nullable().describe('Markdown; once asked for'),
  baseline: z
    .object({ ok: z.boolean(), why: z.string() })
    .describe('Whether the step can begin; if not, what is in the way'),
  done: z.boolean(),
  actions: z
    .array(
      z.object({
        label: z.string(),
        fault: z.string(),
        target: z.string(),
        options: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .describe('Faults that the step offers as buttons'),
})
export type StepView = z.infer<typeof stepView>

/** One person's run, as the guide shows it; sent whole on change. */
export const attemptView = z.object({
  id: z.string(),
  exercise: exerciseSummary.omit({ attempt: true }),
  lab: z.string(),
  state: z.enum(['running', 'finished', 'abandoned']),
  startedAt: epochMs,
  endedAt: epochMs.nullable(),
  steps: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      state: z.enum(['ahead', 'current', 'done']),
      doneAt: epochMs.nullable(),
    }),
  ),
  /** The step on screen: the current one, or an earlier one that the learner looks at again. */
  step: stepView,
  summary: z.array(z.object({ label: z.string(), value: z.string() })).describe('At the end: figures worth keeping'),
})
export type AttemptView = z.infer<typeof attemptView>
