import { basename } from 'node:path'
import { partsOf, type Condition } from '../checks/index.js'
import type { ExerciseSpec, StepSpec } from './format.js'
import { runBlocksIn } from './run-blocks.js'
import type { ContentError, YamlSource } from './source.js'
import { builtIn, placeholdersIn, textsIn } from './template.js'

type Path = readonly PropertyKey[]

/** What a schema can't say: names that must exist, be unique, or be known by then. */
export function checkReferences(source: YamlSource, spec: ExerciseSpec, folder: string): ContentError[] {
  const errors: ContentError[] = []
  const add = (path: Path, message: string): void => void errors.push(source.errorAt(path, message))
  if (spec.exercise !== basename(folder))
    add(['exercise'], `"${spec.exercise}" in a folder ${basename(folder)}: they must be equal`)
  unique(
    spec.steps,
    (step) => step.step,
    (index, name) => add(['steps', index, 'step'], `a second step ${name}`),
  )
  const questions = new Set(spec.steps.flatMap((step) => step.questions.map((question) => question.id)))
  const asked = spec.steps.flatMap((step, index) => step.questions.map((question, q) => ({ ...question, index, q })))
  unique(
    asked,
    (it) => it.id,
    (at, name) => add(['steps', asked[at]!.index, 'questions', asked[at]!.q, 'id'], `a second question ${name}`),
  )
  for (const [index, step] of spec.steps.entries()) {
    checkStep({
      step,
      path: ['steps', index],
      add,
      questions,
      steps: spec.steps.slice(0, index + 1).map((it) => it.step),
    })
  }
  const raw = source.value as { steps: unknown[]; summary?: unknown }
  for (const [index, step] of raw.steps.entries()) {
    errors.push(...unknownVariables(source, spec, index, step, ['steps', index]))
  }
  errors.push(...unknownVariables(source, spec, spec.steps.length - 1, raw.summary, ['summary'], 'after'))
  return errors
}

function unique<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  found: (index: number, name: string) => void,
): void {
  const seen = new Set<string>()
  for (const [index, item] of items.entries()) {
    const name = nameOf(item)
    if (seen.has(name)) found(index, name)
    seen.add(name)
  }
}

interface StepScope {
  step: StepSpec
  path: Path
  add: (path: Path, message: string) => void
  questions: ReadonlySet<string>
  /** Steps up to this one. */
  steps: readonly string[]
}

function checkStep({ step, path, add, questions, steps }: StepScope): void {
  const checks = step.checks.map((check) => check.id)
  const diagnoses = step.diagnoses.map((diagnosis) => diagnosis.id)
  unique(
    checks,
    (it) => it,
    (at, name) => add([...path, 'checks', at, 'id'], `a second check ${name} in this step`),
  )
  unique(
    diagnoses,
    (it) => it,
    (at, name) => add([...path, 'diagnoses', at, 'id'], `a second diagnosis ${name} in this step`),
  )
  unique(
    step.decoys,
    (it) => it.id,
    (at, name) => add([...path, 'decoys', at, 'id'], `a second decoy ${name} in this step`),
  )
  if (step.checks.every((check) => check.by === 'cluster')) {
    add([...path, 'checks'], 'every check is `by: cluster`: idling would pass this step')
  }
  const has = (name: unknown, known: readonly string[] | ReadonlySet<string>, what: string, at: Path): void => {
    const list = [...known]
    if (typeof name === 'string' && !list.includes(name))
      add(at, `no ${what} ${name}; known here: ${list.join(', ') || 'none'}`)
  }
  for (const [index, check] of step.checks.entries()) {
    const at = [...path, 'checks', index]
    const earlier = checks.filter((id) => id !== check.id)
    has(check.eventually?.after, earlier, 'other check', [...at, 'eventually', 'after'])
    has(check.holds?.after, earlier, 'other check', [...at, 'holds', 'after'])
    walk(check as unknown as Condition, at)
  }
  function walk(spec: Condition, at: Path): void {
    const { name, params } = partsOf(spec)
    if (name === 'all' || name === 'any') (params as Condition[]).forEach((one, i) => walk(one, [...at, name, i]))
    else if (name === 'not') walk(params as Condition, [...at, name])
    else if (name === 'passes' || name === 'fails') has(params, checks, 'check', [...at, name])
    else {
      const given = params as Record<string, unknown>
      if (name === 'answer' || name === 'answered' || name === 'prediction')
        has(given['question'], questions, 'question', [...at, name, 'question'])
      const unseen = given['unseen'] as { once?: string } | undefined
      has(unseen?.once, checks, 'check', [...at, name, 'unseen', 'once'])
      has(given['since'], steps, 'step up to here', [...at, name, 'since'])
      if (name !== 'history' && name !== 'probe' && name !== 'prediction') return
      has(given['by'], checks, 'check', [...at, name, 'by'])
      has(given['before'], checks, 'check', [...at, name, 'before'])
    }
  }
  walk(step.baseline, [...path, 'baseline'])
  step.diagnoses.forEach((diagnosis, index) => walk(diagnosis.when, [...path, 'diagnoses', index, 'when']))
  for (const [index, decoy] of step.decoys.entries()) {
    has(decoy.fails.check, checks, 'check', [...path, 'decoys', index, 'fails', 'check'])
    has(decoy.fails.diagnosis, diagnoses, 'diagnosis', [...path, 'decoys', index, 'fails', 'diagnosis'])
  }
  const actions = [
    ...step.solution.map((action, i) => ({ action, at: [...path, 'solution', i] })),
    ...step.decoys.flatMap((decoy, d) =>
      decoy.do.map((action, i) => ({ action, at: [...path, 'decoys', d, 'do', i] })),
    ),
  ]
  for (const { action, at } of actions)
    if ('answer' in action) has(action.answer, questions, 'question', [...at, 'answer'])
  for (const diagnosis of diagnoses) {
    if (!step.decoys.some((decoy) => decoy.fails.diagnosis === diagnosis)) {
      add(
        [...path, 'diagnoses', diagnoses.indexOf(diagnosis)],
        `no decoy proves diagnosis ${diagnosis}: give one whose \`fails\` names it`,
      )
    }
  }
}

/** Variables that are known while a step runs; `after` adds what is bound at its end. */
function knownIn(spec: ExerciseSpec, index: number, part: 'baseline' | 'step' | 'after'): Set<string> {
  const names = new Set<string>(builtIn)
  for (const [at, step] of spec.steps.slice(0, index + 1).entries()) {
    const here = at === index
    if (!here || part !== 'baseline') Object.keys(step.remember).forEach((name) => names.add(name))
    if (!here || part === 'after') Object.keys(step.keep).forEach((name) => names.add(name))
  }
  return names
}

const unknownMessage = (name: string, known: ReadonlySet<string>): string =>
  `{{${name}}} is not known here; bind it with \`remember\` in this step or before, or use one of ${[...known].toSorted().join(', ')}`

function unknownVariables(
  source: YamlSource,
  spec: ExerciseSpec,
  index: number,
  raw: unknown,
  base: Path,
  always?: 'after',
): ContentError[] {
  return [...textsIn(raw)].flatMap(({ text, path }) => {
    const first = path[0]
    const part = first === 'baseline' || first === 'remember' ? 'baseline' : first === 'keep' ? 'after' : 'step'
    const known = knownIn(spec, index, always ?? part)
    const unknown = placeholdersIn(text).filter(({ name }) => !known.has(name))
    return unknown.map(({ name }) => source.errorAt([...base, ...path], unknownMessage(name, known)))
  })
}

/** A Markdown file: its variables, its run blocks, and words that our guide never uses. */
export function checkProse(
  file: string,
  text: string,
  spec: ExerciseSpec,
  index: number,
  after: boolean,
): ContentError[] {
  const known = knownIn(spec, index, after ? 'after' : 'step')
  const at = (offset: number, message: string): ContentError => {
    const before = text.slice(0, offset).split('\n')
    return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message }
  }
  const errors = placeholdersIn(text)
    .filter(({ name }) => !known.has(name))
    .map(({ name, index: offset }) => at(offset, unknownMessage(name, known)))
  for (const block of runBlocksIn(text)) {
    if (block.problem) errors.push({ file, line: block.line, column: 1, message: block.problem })
  }
  if (text.trim() === '') errors.push(at(0, 'is empty'))
  return errors
}
