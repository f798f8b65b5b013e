import { z } from 'zod'
import {
  condition,
  conditionShape,
  eventually,
  exactlyOne,
  exactlyOneMessage,
  holds,
  valueSpec,
} from '../checks/index.js'
import { duration } from '../checks/time.js'
import { exerciseSummary } from '../contract/exercise.js'
import { slug } from '../contract/names.js'

/** The format of labs/exercises/<slug>/exercise.yaml. docs/schema/exercise.json is generated from it. */
const id = slug.describe('A lower-case name, unique where it stands')
const text = z.string().trim().min(1)
const variable = z
  .string()
  .regex(/^[a-z][a-zA-Z0-9]*$/, 'a name such as oldLeader: letters and digits, a lower-case letter first')

const bind = (when: string) =>
  z
    .record(variable, valueSpec)
    .describe(`Variables for {{name}} in texts and parameters, bound from live values ${when}`)

const anyOptions = z.record(z.string(), z.unknown()).describe("The fault's options")
const options = anyOptions.default({})
const says = text.optional().describe('A sentence that goes before it in the shown solution')

const typeAction = z
  .strictObject({
    on: z.string().describe('Host of the terminal; `client` with psql is the route that clients take'),
    run: text.describe('Typed into that terminal, with Enter'),
    as: z.enum(['shell', 'root', 'psql']).default('shell').describe('Which terminal'),
    within: duration.default('60s'),
    says,
  })
  .describe('Types into a terminal, and waits for its prompt')
const labActions = [
  z
    .strictObject({
      fault: z.string().describe('Kind, as `dojo faults --kinds` lists it'),
      target: z.string().describe('Host'),
      options,
      says,
    })
    .describe('Injects a fault'),
  z.strictObject({ heal: z.literal('all').describe('Heals every fault'), says }).describe('Heals faults'),
  z
    .strictObject({ wait: condition.describe('What is waited for'), within: duration.describe('Deadline'), says })
    .describe('Waits until something holds'),
  z
    .strictObject({
      on: z.string().describe('Host'),
      exec: z.array(text).min(1).describe('Command and arguments, run as postgres. Exit code 0 is wanted'),
      within: duration.default('60s'),
      says,
    })
    .describe('Runs a command without a terminal: for the reset of a step, to bring about what it begins with'),
] as const
const answered = id.describe('Question')
export const labActionSpec = z.union(labActions)
export type LabAction = z.infer<typeof labActionSpec>
export const actionSpec = z.union([
  typeAction,
  ...labActions,
  z
    .strictObject({ answer: answered, value: z.union([z.string(), z.number()]).describe('What is answered'), says })
    .describe('Answers a question'),
  z
    .strictObject({
      answer: answered,
      live: valueSpec.describe('Answered with what is live then'),
      choice: z.record(z.string(), z.string()).optional().describe('For a choice: which one claims which live value'),
      says,
    })
    .describe('Answers a question with a live value'),
])
export type ActionSpec = z.infer<typeof actionSpec>

export const readoutSpec = z.strictObject({
  label: text.describe('For example: Measured outage'),
  value: valueSpec,
  unit: z.string().default('').describe('Shown after a number'),
  decimals: z.int().min(0).max(3).default(0).describe('Digits after the point of a number'),
  signed: z.boolean().default(false).describe('Whether a positive number gets a plus sign'),
})
export type ReadoutSpec = z.infer<typeof readoutSpec>

const questionSpec = z
  .strictObject({
    id,
    ask: text.describe('The question, with {{variables}}'),
    kind: z.enum(['choice', 'number', 'text']),
    unit: z.string().optional().describe('Shown beside a number'),
    choices: z.array(z.string()).min(2).optional().describe('For a choice'),
    prediction: z.boolean().default(false).describe('Asked before it is revealed: recorded, not marked'),
  })
  .refine(
    (it) => (it.kind === 'choice') === (it.choices !== undefined),
    'a choice needs `choices`, and only a choice has them',
  )

const checkSpec = z
  .strictObject({
    id,
    title: text.describe('The claim that it proves, as a short sentence'),
    mode: z
      .enum(['edge', 'level'])
      .default('edge')
      .describe('edge: it was done; level: it is true now, and can regress'),
    by: z
      .enum(['learner', 'cluster'])
      .default('learner')
      .describe(
        'Whose doing it shows. What the cluster does by itself may pass while a learner idles, and earns nothing alone',
      ),
    eventually: eventually.optional(),
    holds: holds.optional(),
    ...conditionShape,
  })
  .refine(exactlyOne, exactlyOneMessage)
  .refine((it) => !(it.eventually && it.holds), 'has both `eventually` and `holds`: give one')
export type CheckSpec = z.infer<typeof checkSpec>

const diagnosisSpec = z.strictObject({
  id,
  title: text.describe('The mistake by its name, for example: Stopped, not crashed'),
  when: condition.describe('Live or recorded state that shows the mistake'),
  says: text.describe('What happened, why it matters here, what to do next'),
  compare: z
    .array(
      z.strictObject({
        label: text,
        seconds: z.union([z.number(), z.string().regex(/^\{\{\w+\}\}$/, 'a number, or {{variable}}'), valueSpec]),
        note: text,
      }),
    )
    .optional()
    .describe('A picture of the difference: bars in seconds. A row whose value is not known yet is left out'),
})

const decoySpec = z.strictObject({
  id,
  because: text.describe('Why somebody would do this'),
  do: z.array(actionSpec).min(1),
  fails: z.strictObject({
    check: id.describe('Check that must not pass'),
    diagnosis: id.describe('Diagnosis that must be shown'),
    within: duration.default('30s'),
  }),
})

const markdownFile = z
  .string()
  .regex(/^[a-z0-9-]+\.md$/, 'a Markdown file beside exercise.yaml, for example 01-read.md')

export const stepSpec = z.strictObject({
  step: id,
  title: text,
  text: markdownFile.describe('Prose. Run blocks are fences: ```sh run on=pg1'),
  afterwards: markdownFile.optional().describe('Prose for when every check has passed'),
  remember: bind('when the step begins').default({}),
  baseline: condition.describe('What must hold before the step can begin: otherwise its checks would pass for nothing'),
  actions: z
    .array(
      z.strictObject({ label: text.describe('What the button does'), fault: z.string(), target: z.string(), options }),
    )
    .default([])
    .describe('Faults that the step offers as buttons'),
  questions: z.array(questionSpec).default([]),
  readouts: z.array(readoutSpec).default([]).describe('Live figures under the prose'),
  checks: z.array(checkSpec).min(1),
  diagnoses: z.array(diagnosisSpec).default([]).describe('The first whose `when` holds is shown'),
  hints: z.array(text).min(2).describe('From a nudge to nearly the solution: two tiers at least'),
  solution: z.array(actionSpec).min(1).describe('Reference solution. `dojo prove` carries it out'),
  repair: z
    .boolean()
    .default(true)
    .describe("Whether a reset first heals and starts everything, until the first step's baseline holds"),
  reset: z.array(labActionSpec).default([]).describe('After the lab was repaired: what brings the baseline back'),
  keep: bind('when every check has passed').default({}),
  decoys: z.array(decoySpec).default([]).describe('Plausible wrong actions. `dojo prove` carries each out'),
})
export type StepSpec = z.infer<typeof stepSpec>

const card = exerciseSummary.shape
export const exerciseSpec = z.strictObject({
  exercise: slug.describe('Name; equal to the name of the folder'),
  number: card.number,
  title: text,
  goal: text.describe('What the learner can do afterwards, one sentence'),
  group: z.enum(['Read', 'Move', 'Break', 'Recover', 'Protect', 'Operate']).describe('Group of the curriculum'),
  kind: card.kind,
  topology: slug.describe('Topology that it runs on'),
  minutes: z.int().min(1).max(240).describe('Minutes for somebody who does it for the first time'),
  difficulty: card.difficulty,
  steps: z.array(stepSpec).min(1),
  summary: z.array(readoutSpec).default([]).describe('Figures worth keeping, shown at the end'),
})
export type ExerciseSpec = z.infer<typeof exerciseSpec>
