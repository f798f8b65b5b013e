import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { condition, sampleOf, valueSpec, type Condition, type Scalar } from '../checks/index.js'
import { DojoError } from '../contract/errors.js'
import { appRoot } from '../util/app-root.js'
import { readTextIfAny } from '../util/atomic-file.js'
import { exerciseSpec, readoutSpec, stepSpec, type ExerciseSpec, type ReadoutSpec, type StepSpec } from './format.js'
import { inWords, readYaml, schemaErrors, type ContentError, type YamlSource } from './source.js'
import { builtIn, fill, type Variables } from './template.js'
import { checkProse, checkReferences } from './validate.js'

export interface StepProse {
  text: string
  afterwards: string | null
}

/** An exercise as content: valid in itself, with its variables not yet filled in. */
export interface Exercise {
  slug: string
  /** Structure and words; parameters hold samples where a variable stands. Use `stepWith` for what is asked. */
  spec: ExerciseSpec
  prose: readonly StepProse[]
  /** A step with these variables filled in. */
  stepWith(index: number, variables: Variables): StepSpec
  /** What must hold before a step can begin; asked before the step's own variables are bound. */
  baselineOf(index: number, variables: Variables): Condition
  /** Figures for the end, with these variables filled in. */
  summaryWith(variables: Variables): ReadoutSpec[]
}

const propertyNames = (): string[] => {
  const names = new Set<string>()
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk)
    if (typeof node !== 'object' || node === null) return
    for (const [key, value] of Object.entries(node)) {
      if (key === 'properties') Object.keys(value as object).forEach((name) => names.add(name))
      walk(value)
    }
  }
  walk(z.toJSONSchema(exerciseSpec, { io: 'input', unrepresentable: 'any' }))
  return [...names]
}
let keys: string[] | null = null

/** Reads one exercise folder. Collects every error that it can find, rather than stopping at the first. */
export async function readExercise(
  folder: string,
  shown = relative(process.cwd(), folder),
): Promise<{ exercise: Exercise | null; errors: ContentError[] }> {
  const file = join(shown, 'exercise.yaml')
  const content = await readTextIfAny(join(folder, 'exercise.yaml'))
  if (content === null)
    return {
      exercise: null,
      errors: [{ file, line: 1, column: 1, message: 'no such file; an exercise folder holds exercise.yaml' }],
    }
  const source = readYaml(file, content, (keys ??= propertyNames()))
  if (source.errors.length > 0) return { exercise: null, errors: source.errors }

  const samples = samplesOf(source.value)
  const parsed = exerciseSpec.safeParse(fill(source.value, samples))
  if (!parsed.success) return { exercise: null, errors: schemaErrors(source, parsed.error.issues) }
  const spec = parsed.data
  const errors = checkReferences(source, spec, folder)
  const prose: StepProse[] = []
  for (const [index, step] of spec.steps.entries()) {
    const read = async (name: string | undefined, key: string): Promise<string | null> => {
      if (name === undefined) return null
      const text = await readTextIfAny(join(folder, name))
      if (text === null) errors.push(source.errorAt(['steps', index, key], `no file ${name} beside exercise.yaml`))
      else errors.push(...checkProse(join(shown, name), text, spec, index, key === 'afterwards'))
      return text
    }
    prose.push({ text: (await read(step.text, 'text')) ?? '', afterwards: await read(step.afterwards, 'afterwards') })
  }
  if (errors.length > 0) return { exercise: null, errors }
  return { exercise: exerciseOf(spec, prose, source), errors }
}

function exerciseOf(spec: ExerciseSpec, prose: StepProse[], source: YamlSource): Exercise {
  const { steps: raw, summary = [] } = source.value as { steps: { baseline: unknown }[]; summary?: unknown[] }
  return {
    slug: spec.exercise,
    spec,
    prose,
    stepWith: (index, variables) => stepSpec.parse(fill(raw[index], variables)),
    summaryWith: (variables) => summary.map((readout) => readoutSpec.parse(fill(readout, variables))),
    baselineOf: (index, variables) => condition.parse(fill(raw[index]?.baseline, variables)),
  }
}

/** Values that stand in for variables while content is validated, as far as they are declared properly. */
function samplesOf(value: unknown): Record<string, Scalar> {
  const samples: Record<string, Scalar> = Object.fromEntries(builtIn.map((name) => [name, name]))
  const steps = (value as { steps?: unknown } | null)?.steps
  for (const step of Array.isArray(steps) ? steps : []) {
    for (const key of ['remember', 'keep']) {
      const binds: unknown = (step as Record<string, unknown> | null)?.[key]
      if (typeof binds !== 'object' || binds === null) continue
      for (const [name, bound] of Object.entries(binds)) {
        const known = valueSpec.safeParse(bound)
        samples[name] = known.success ? sampleOf(known.data) : ''
      }
    }
  }
  return samples
}

export const exercisesFolder = (): string => join(appRoot(), 'labs', 'exercises')

/** Every exercise folder, with all errors of all of them. */
export async function readExercises(
  folder = exercisesFolder(),
): Promise<{ exercises: Exercise[]; errors: ContentError[] }> {
  const entries = await readdir(folder, { withFileTypes: true })
  const exercises: Exercise[] = []
  const errors: ContentError[] = []
  for (const entry of entries.filter((it) => it.isDirectory() && !it.name.startsWith('.'))) {
    const read = await readExercise(join(folder, entry.name))
    if (read.exercise) exercises.push(read.exercise)
    errors.push(...read.errors)
  }
  return { exercises: exercises.toSorted((a, b) => a.spec.number - b.spec.number), errors }
}

/**
 * All exercises, in the order of the curriculum. Content is read anew each time: authors change it while the app runs.
 * @throws DojoError `content-invalid`, with every error at file:line:column
 */
export async function loadExercises(folder = exercisesFolder()): Promise<Exercise[]> {
  const { exercises, errors } = await readExercises(folder)
  if (errors.length > 0) {
    throw new DojoError('content-invalid', {
      what: `${errors.length} ${errors.length === 1 ? 'error' : 'errors'} in exercises`,
      why: errors.map(inWords).join('\n'),
      next: 'Correct these lines; docs/authoring.md describes the format',
    })
  }
  return exercises
}

/** @throws DojoError `unknown-exercise`, or `content-invalid` when it is there and not valid */
export async function loadExercise(slug: string, folder = exercisesFolder()): Promise<Exercise> {
  const exercises = await loadExercises(folder)
  const found = exercises.find((exercise) => exercise.slug === slug)
  if (found) return found
  throw new DojoError('unknown-exercise', {
    what: `No exercise "${slug}"`,
    why: `the exercises here are ${exercises.map((it) => it.slug).join(', ') || 'none'}`,
    next: 'Use one of these names',
  })
}
