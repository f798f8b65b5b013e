import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { DojoError } from '../../../src-main/contract/errors.js'
import { loadExercise, loadExercises, readExercise } from '../../../src-main/exercises/load.js'
import { inWords } from '../../../src-main/exercises/source.js'
import { tiny, tinyProse } from './tiny.js'

const made: string[] = []
afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true })
})

/** A folder `tiny` with this exercise.yaml and this prose. */
async function folder(yaml: string, prose: Record<string, string> = tinyProse): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'dojo-content-'))
  made.push(root)
  await mkdir(join(root, 'tiny'))
  await writeFile(join(root, 'tiny', 'exercise.yaml'), yaml)
  for (const [name, text] of Object.entries(prose)) await writeFile(join(root, 'tiny', name), text)
  return join(root, 'tiny')
}
const errorsOf = async (yaml: string, prose?: Record<string, string>): Promise<string[]> =>
  (await readExercise(await folder(yaml, prose), 'tiny')).errors.map(inWords)

/** Line and column of the first occurrence of a text, as an editor counts them. */
const placeOf = (yaml: string, text: string): string => {
  const before = yaml.slice(0, yaml.indexOf(text)).split('\n')
  return `${before.length}:${before.at(-1)!.length + 1}`
}

describe('an exercise as written', () => {
  test('is read whole, with its prose', async () => {
    const { exercise, errors } = await readExercise(await folder(tiny))
    expect(errors).toEqual([])
    expect(exercise?.spec.steps.map(({ step }) => step)).toEqual(['one', 'two'])
    expect(exercise?.prose[0]).toMatchObject({ afterwards: 'It was {{old}}.\n' })
  })

  test('a variable alone keeps its type; inside a text it is text', async () => {
    const { exercise } = await readExercise(await folder(tiny))
    const step = exercise!.stepWith(1, { old: 'pg2', line: 7 })
    expect(step.checks[0]).toMatchObject({ cluster: { leader: 'pg2', timeline: { moreThan: 7 } } })
    expect(step.checks[0]?.title).toBe('pg2 leads')
  })
})

describe('what is wrong is told where it is, and what would be right', () => {
  test('a misspelt key', async () => {
    const yaml = tiny.replace('title: Step one', 'titel: Step one')
    expect(await errorsOf(yaml)).toEqual([
      `tiny/exercise.yaml:${placeOf(yaml, 'step: one')}: lacks \`title\`: string wanted`,
      `tiny/exercise.yaml:${placeOf(yaml, 'titel')}: unknown key "titel"; did you mean "title"?`,
    ])
  })

  test('a value out of range, and one of the wrong kind', async () => {
    const yaml = tiny.replace('minutes: 5', 'minutes: 0').replace('kind: guided', 'kind: gided')
    const errors = await errorsOf(yaml)
    expect(errors).toHaveLength(2)
    expect(errors[0]).toMatch(`tiny/exercise.yaml:${placeOf(yaml, 'gided')}:`)
    expect(errors[0]).toMatch('"guided"|"incident"|"assessment"')
    expect(errors[1]).toMatch(`tiny/exercise.yaml:${placeOf(yaml, '0\n')}:`)
  })

  test('a check without a kind, and one with two', async () => {
    const without = tiny.replace(/cluster: \{ leader: pg1 \}\n/, '\n')
    expect((await errorsOf(without)).join()).toContain('needs exactly one of: all, any, not')
    const two = tiny.replace(
      'cluster: { leader: pg1 }\n',
      'cluster: { leader: pg1 }\n        exec: { on: pg1, run: [id] }\n',
    )
    expect((await errorsOf(two)).join()).toContain('needs exactly one of')
  })

  test('parameters of a check kind', async () => {
    const yaml = tiny.replace('cluster: { leader: pg1 }', 'cluster: { leder: pg1 }')
    const errors = await errorsOf(yaml)
    expect(
      errors.some((it) =>
        it.startsWith(`tiny/exercise.yaml:${placeOf(yaml, 'leder')}: unknown key "leder"; did you mean "leader"?`),
      ),
    ).toBe(true)
  })

  test('a check that idling would pass', async () => {
    const yaml = tiny.replace('cluster: { leader: pg1 }', 'probe: { lost: 0 }')
    expect((await errorsOf(yaml)).join()).toContain('needs `by: <check>`: without it, doing nothing passes')
    expect(
      (await errorsOf(tiny.replace('cluster: { leader: pg1 }', 'history: { event: promoted, never: true }'))).join(),
    ).toContain('doing nothing passes')
    expect(
      (await errorsOf(tiny.replace('title: "{{old}} leads"', 'title: It leads\n        by: cluster'))).join(),
    ).toContain('idling would pass this step')
  })

  test('names that lead nowhere: checks, questions, diagnoses, steps', async () => {
    const yaml = tiny
      .replace('passes: leads', 'passes: leeds')
      .replace('question: who', 'question: whom')
      .replace('diagnosis: wrong }', 'diagnosis: wrang }')
    const errors = (await errorsOf(yaml)).join('\n')
    expect(errors).toContain('no check leeds; known here: leads, named')
    expect(errors).toContain('no question whom; known here: who')
    expect(errors).toContain('no diagnosis wrang; known here: wrong')
    expect(errors).toContain('no decoy proves diagnosis wrong')
    for (const line of errors.split('\n')) expect(line).toMatch(/^tiny\/exercise\.yaml:\d+:\d+: /)
  })

  test('a variable that is not bound by then, in YAML and in Markdown', async () => {
    const yaml = tiny.replace('title: pg1 leads', 'title: "{{old}} and {{olt}} lead"')
    const errors = await errorsOf(yaml, { ...tinyProse, 'one.md': 'Text.\n\nHere {{line}} is {{nothing}}.\n' })
    expect(errors[0]).toMatch(`tiny/exercise.yaml:${placeOf(yaml, '"{{old}} and')}: {{olt}} is not known here`)
    expect(errors[1]).toMatch('tiny/one.md:3:18: {{nothing}} is not known here; bind it with `remember`')
    // what a step remembers is bound after its baseline
    const early = tiny.replace('baseline: { cluster: { leader: pg1 } }', 'baseline: { cluster: { leader: "{{old}}" } }')
    expect((await errorsOf(early)).join()).toContain('{{old}} is not known here')
  })

  test('run blocks without a terminal', async () => {
    const prose = { ...tinyProse, 'one.md': 'Text\n\n```sh run\nls\n```\n\n```sh run on=pg1 wen=now\nls\n```\n' }
    expect(await errorsOf(tiny, prose)).toEqual([
      'tiny/one.md:3:1: a shell needs a host: on=<host>; only ```sql goes without, by the route that clients take',
      'tiny/one.md:7:1: unknown word wen; known are on=, as=, asks and later',
    ])
  })

  test('a Markdown file that is not there', async () => {
    const yaml = tiny.replace('text: one.md', 'text: missing.md')
    expect(await errorsOf(yaml)).toEqual([
      `tiny/exercise.yaml:${placeOf(yaml, 'missing.md')}: no file missing.md beside exercise.yaml`,
    ])
  })

  test('YAML that is none, a folder without an exercise, another name than the folder', async () => {
    expect((await errorsOf('exercise: [tiny'))[0]).toMatch(/^tiny\/exercise\.yaml:1:\d+: /)
    expect((await errorsOf(tiny.replace('exercise: tiny', 'exercise: tidy')))[0]).toContain(
      '"tidy" in a folder tiny: they must be equal',
    )
    const empty = await folder(tiny)
    await rm(join(empty, 'exercise.yaml'))
    expect((await readExercise(empty, 'tiny')).errors.map(inWords)).toEqual([
      'tiny/exercise.yaml:1:1: no such file; an exercise folder holds exercise.yaml',
    ])
  })
})

test('all errors come at once, as content-invalid, which is exit code 2', async () => {
  const root = join(await folder(tiny.replace('minutes: 5', 'minutes: x').replace('number: 1', 'number: y')), '..')
  const error = await loadExercises(root).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(DojoError)
  expect(error).toMatchObject({ code: 'content-invalid', said: { what: '2 errors in exercises' } })
})

test('an exercise that is not there names those that are', async () => {
  const root = join(await folder(tiny), '..')
  await expect(loadExercise('tiny', root)).resolves.toMatchObject({ slug: 'tiny' })
  await expect(loadExercise('huge', root)).rejects.toMatchObject({
    code: 'unknown-exercise',
    said: { why: 'the exercises here are tiny' },
  })
})
