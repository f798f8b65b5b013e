import { mkdir, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { AttemptView } from '../../../src-main/contract/exercise.js'
import {
  createAttempt,
  listAttempts,
  loadExercise,
  openAttempt,
  type Attempt,
  type Exercise,
} from '../../../src-main/exercises/index.js'
import { waitFor } from '../../../src-main/util/wait-for.js'
import { fakeWorld, type FakeWorld } from './fake-world.js'
import { tiny, tinyProse } from './tiny.js'

let exercise: Exercise

async function exerciseFrom(yaml: string, prose = tinyProse): Promise<Exercise> {
  const root = await mkdtemp(join(tmpdir(), 'dojo-content-'))
  await mkdir(join(root, 'tiny'))
  await writeFile(join(root, 'tiny', 'exercise.yaml'), yaml)
  for (const [name, text] of Object.entries(prose)) await writeFile(join(root, 'tiny', name), text)
  return loadExercise('tiny', root)
}

beforeAll(async () => {
  // the second step's check asks for pg2, so that a test can move the leader to it
  const yaml = tiny
    .replace('cluster: { leader: "{{old}}", timeline', 'cluster: { leader: { isNot: "{{old}}" }, timeline')
    .replace('keep: { ttl: ttl }', 'keep: { ttl: ttl, again: { literal: "{{line}}" } }')
  exercise = await exerciseFrom(yaml)
})

const running: Attempt[] = []
afterEach(async () => {
  for (const attempt of running.splice(0)) await attempt.stop()
})
async function begin(world = fakeWorld()): Promise<{ world: FakeWorld; attempt: Attempt }> {
  const attempt = await createAttempt({ world, exercise })
  running.push(attempt)
  return { world, attempt }
}
const until = (attempt: Attempt, what: string, holds: (view: AttemptView) => boolean): Promise<AttemptView> =>
  waitFor(() => attempt.view(), holds, {
    what,
    withinMs: 3000,
    everyMs: 20,
    signal: AbortSignal.timeout(5000),
    describe: (view) => JSON.stringify(view.step),
  })
const words = (view: AttemptView) =>
  Object.fromEntries(view.step.checks.map(({ id, result }) => [id, result?.verdict ?? null]))
const kinds = (world: FakeWorld) => world.kept.map((record) => (record.k === 'event' ? record.kind : record.k))
/** The fake's clock is the one that the attempt's events carry; the engine runs by the real one. */
const now = (world: FakeWorld): void => void (world.now = Date.now())

describe('a step', () => {
  test('begins when its baseline holds, and binds its variables then', async () => {
    const { world, attempt } = await begin()
    const { step } = attempt.view()
    expect(step).toMatchObject({ id: 'one', baseline: { ok: true }, done: false, afterwards: null })
    expect(step.prose).toContain('Ask **pg1**')
    expect(step.prose).toContain('```sh run on=pg1')
    expect(kinds(world).slice(0, 2)).toEqual(['attempt.began', 'step.began'])
  })

  test('keeps what its own variables name, and not what stood in for them', async () => {
    const world = fakeWorld()
    world.lead('pg1', 7)
    const { attempt } = await begin(world)
    await attempt.answer('who', 'pg1')
    await until(attempt, 'the step to be done', ({ step }) => step.done)
    await attempt.next()
    expect(attempt.variables()).toMatchObject({ line: 7, again: 7 })
  })

  test('is not seen done before what it keeps is known', async () => {
    const world = fakeWorld()
    const told = await exerciseFrom(tiny, { ...tinyProse, 'one-after.md': 'It was {{old}}, with ttl {{ttl}}.\n' })
    const attempt = await createAttempt({ world, exercise: told })
    running.push(attempt)
    const seen: (string | null)[] = []
    attempt.onView(({ step }) => seen.push(step.afterwards))
    const { step } = await attempt.answer('who', 'pg1')
    expect(step).toMatchObject({ done: true, afterwards: 'It was pg1, with ttl 20.\n' })
    expect(seen.filter((text) => text?.includes('...'))).toEqual([])
  })

  test('says what is in the way while its baseline does not hold', async () => {
    const world = fakeWorld()
    world.lead('pg2', 2)
    const { attempt } = await begin(world)
    const { step } = attempt.view()
    expect(step.baseline).toEqual({
      ok: false,
      why: 'Before this step can begin: leader pg1. Now: leader pg2. pg2 holds the leader key',
    })
    expect(step.prose).toContain('Ask **...**')
    expect(step.questions).toEqual([])
    await expect(attempt.answer('who', 'pg1')).rejects.toMatchObject({ code: 'not-yet' })
    world.lead('pg1', 3)
    await until(attempt, 'the step to begin', (view) => view.step.baseline.ok)
  })

  test('is not passed by doing nothing, and nobody is called wrong before they asked', async () => {
    const { attempt } = await begin()
    await until(attempt, 'a first verdict', (view) => view.step.checks.every((check) => check.result !== null))
    expect(words(attempt.view())).toEqual({ leads: 'pass', named: 'waiting' })
    const asked = await attempt.check()
    expect(words(asked)).toEqual({ leads: 'pass', named: 'fail' })
    expect(asked.step.done).toBe(false)
    await expect(attempt.next()).rejects.toMatchObject({
      code: 'not-yet',
      said: { why: '1 of 2 checks pass, and "You named it" does not; expected the leader, observed not answered yet' },
    })
  })

  test('a wrong answer fails at once, with its diagnosis and a picture of what is known', async () => {
    const { attempt } = await begin()
    const { step } = await attempt.answer('who', 'pg2')
    expect(step.checks[1]?.result).toMatchObject({ verdict: 'fail', observed: 'you answered pg2' })
    expect(step.diagnosis).toEqual({
      id: 'wrong',
      title: 'The other one',
      says: 'That is the standby of pg1',
      compare: [
        { label: 'ttl', seconds: 20, note: 'live' },
        { label: 'fixed', seconds: 3, note: 'known' },
      ],
    })
  })

  test('judges the question that was answered, and lets the others wait, also when a mistake has a name', async () => {
    const two = tiny
      .replace('kind: text }', 'kind: text }\n      - { id: line, ask: "On which timeline?", kind: number }')
      .replace(
        '    diagnoses:',
        '      - { id: lined, title: And its timeline, answer: { question: line, live: timeline, what: it } }\n    diagnoses:',
      )
    const attempt = await createAttempt({ world: fakeWorld(), exercise: await exerciseFrom(two) })
    running.push(attempt)
    const wrong = await attempt.answer('who', 'pg2')
    expect(wrong.step.diagnosis?.id).toBe('wrong')
    expect(words(wrong)).toEqual({ leads: 'pass', named: 'fail', lined: 'waiting' })
    expect(words(await attempt.check())).toEqual({ leads: 'pass', named: 'fail', lined: 'fail' })
  })

  test('is done when every check passed; then it keeps its answers, tells more, and lets go on', async () => {
    const { world, attempt } = await begin()
    await attempt.answer('who', 'PG1')
    const { step } = await until(attempt, 'the step to be done', (view) => view.step.done)
    expect(step).toMatchObject({
      afterwards: 'It was pg1.\n',
      diagnosis: null,
      readouts: [{ label: 'ttl', value: '20 s' }],
    })
    const told = kinds(world)
    expect(told.toSorted()).toEqual(
      ['answer', 'attempt.began', 'check.passed', 'check.passed', 'step.began', 'step.done'].toSorted(),
    )
    expect(told.at(-1)).toBe('step.done')
    await expect(attempt.answer('who', 'pg2')).rejects.toMatchObject({ code: 'not-yet' })
    const next = await attempt.next()
    expect(next.step).toMatchObject({ id: 'two', index: 1, title: 'Move pg1', prose: 'Now pg1 with ttl 20.\n' })
    expect(next.steps.map(({ state }) => state)).toEqual(['done', 'current'])
    expect(next.step.actions).toEqual([{ label: 'Crash pg1', fault: 'crash', target: 'pg1', options: {} }])
  })

  test('a level check can regress, and holds the step up', async () => {
    const { world, attempt } = await begin()
    await until(attempt, 'leads to pass', (view) => words(view)['leads'] === 'pass')
    world.lead('pg2', 2)
    await until(attempt, 'leads to fail', (view) => words(view)['leads'] === 'fail')
    expect(kinds(world)).toContain('check.regressed')
    const { step } = await attempt.answer('who', 'pg2')
    expect(step.done).toBe(false)
    world.lead('pg1', 3)
    expect((await attempt.answer('who', 'pg1')).step.checks.map(({ passedAt }) => passedAt !== null)).toEqual([
      true,
      true,
    ])
    await until(attempt, 'the step to be done', (view) => view.step.done)
  })

  test('what could not be asked is an error, never a failure', async () => {
    const { world, attempt } = await begin()
    world.stale()
    const { step } = await attempt.check()
    expect(step.checks[0]?.result?.verdict).toBe('error')
    expect(step.checks[0]?.tries?.length).toBeGreaterThan(0)
    expect(step.done).toBe(false)
  })

  test('shows a verdict soon after its condition holds', async () => {
    const { world, attempt } = await begin()
    await attempt.answer('who', 'pg1')
    await attempt.next()
    await until(attempt, 'the second step', (view) => view.step.baseline.ok)
    const seen = new Promise<number>((resolve) =>
      attempt.onView((view) => view.step.done && resolve(performance.now())),
    )
    const startedAt = performance.now()
    world.lead('pg2', 2)
    expect((await seen) - startedAt).toBeLessThan(300)
  })
})

describe('questions', () => {
  test('take numbers with comma and unit, and refuse what is none', async () => {
    const { attempt } = await begin()
    await expect(attempt.answer('who', '  ')).rejects.toMatchObject({ code: 'usage', said: { why: 'it is empty' } })
    await expect(attempt.answer('whom', 'x')).rejects.toMatchObject({
      code: 'usage',
      said: { why: 'its questions are who' },
    })
  })
})

describe('help', () => {
  test('hints come one by one; the solution names what is live, and does nothing', async () => {
    const { world, attempt } = await begin()
    expect((await attempt.hint()).step.hints).toEqual({ total: 2, shown: ['Look'] })
    expect((await attempt.hint()).step.hints.shown).toEqual(['Look', 'Look at pg1'])
    expect((await attempt.hint()).step.hints.shown).toHaveLength(2)
    expect(kinds(world).filter((kind) => kind === 'hint')).toHaveLength(2)
    const { step } = await attempt.solve()
    expect(step.solution).toBe('Ask Patroni.\n\n```sh run on=pg1\npatronictl list\n```\n\nWho leads? **pg1**')
    expect(step.questions[0]?.answer).toBeNull()
  })
})

describe('reset', () => {
  test('repairs the lab, forgets what was done in the step, and binds anew', async () => {
    const { world, attempt } = await begin()
    await attempt.answer('who', 'pg2')
    await attempt.hint()
    const { step } = await attempt.reset()
    expect(world.repairs).toBe(1)
    expect(step).toMatchObject({ diagnosis: null, done: false, hints: { shown: ['Look'] } })
    expect(step.questions[0]?.answer).toBeNull()
    await until(attempt, 'the step to begin again', (view) => view.step.baseline.ok)
    expect(kinds(world).filter((kind) => kind === 'step.began')).toHaveLength(2)
  })

  test('what was latched before does not count after it', async () => {
    const { world, attempt } = await begin()
    await attempt.answer('who', 'pg1')
    await attempt.next()
    world.lead('pg2', 2)
    await until(attempt, 'the second step to be done', (view) => view.step.done)
    world.lead('pg1', 3)
    const { step } = await attempt.reset()
    expect(step).toMatchObject({ id: 'two', done: false })
  })
})

describe('looking back and going on', () => {
  test('an earlier step is shown as it was', async () => {
    const { attempt } = await begin()
    await attempt.answer('who', 'pg1')
    await attempt.next()
    const back = await attempt.look(0)
    expect(back.step).toMatchObject({ id: 'one', done: true, afterwards: 'It was pg1.\n' })
    expect(words(back)).toEqual({ leads: 'pass', named: 'pass' })
    expect((await attempt.look(1)).step.id).toBe('two')
    await expect(attempt.look(2)).rejects.toMatchObject({ code: 'not-yet' })
  })

  test('the end brings the figures worth keeping', async () => {
    const { world, attempt } = await begin()
    await attempt.answer('who', 'pg1')
    await attempt.next()
    world.lead('pg2', 2)
    await until(attempt, 'the second step to be done', (view) => view.step.done)
    const end = await attempt.next()
    expect(end).toMatchObject({ state: 'finished', summary: [{ label: 'ttl was', value: '20 s' }] })
    expect(end.endedAt).not.toBeNull()
    expect(kinds(world).at(-1)).toBe('attempt.ended')
    await expect(attempt.check()).rejects.toMatchObject({ code: 'not-yet' })
  })

  test('abandoned is abandoned', async () => {
    const { attempt } = await begin()
    expect(await attempt.abandon()).toMatchObject({ state: 'abandoned' })
    await expect(attempt.next()).rejects.toMatchObject({ said: { what: 'This attempt is abandoned' } })
  })
})

describe('a killed app', () => {
  test('goes on where it was: answers, passed checks and variables are there', async () => {
    const { world, attempt } = await begin()
    now(world)
    await attempt.answer('who', 'pg2')
    await attempt.hint()
    // no stop, no farewell: the file is all there is
    const file = JSON.parse(await readFile(join(world.dir, 'attempts', `${attempt.id}.json`), 'utf8')) as {
      variables: unknown
    }
    expect(file.variables).toMatchObject({ old: 'pg1', line: 1 })
    world.lead('pg2', 2) // meanwhile
    const again = await openAttempt({ world, exercise, id: attempt.id })
    running.push(again)
    const { step } = again.view()
    expect(step).toMatchObject({ id: 'one', hints: { shown: ['Look'] }, baseline: { ok: true } })
    expect(step.questions[0]?.answer).toBe('pg2')
    expect(step.prose).toContain('Ask **pg1**')
    expect((await readdir(join(world.dir, 'attempts'))).filter((name) => name.includes('tmp'))).toEqual([])
  })

  test('a passed step stays passed', async () => {
    const { world, attempt } = await begin()
    await attempt.answer('who', 'pg1')
    await until(attempt, 'the step to be done', (view) => view.step.done)
    await attempt.stop()
    const again = await openAttempt({ world, exercise, id: attempt.id })
    running.push(again)
    expect(again.view().step).toMatchObject({ done: true, afterwards: 'It was pg1.\n' })
    expect(words(again.view())).toEqual({ leads: 'pass', named: 'pass' })
    expect((await again.next()).step.id).toBe('two')
  })

  test('content that has changed meanwhile is told, rather than shown wrongly', async () => {
    const { world, attempt } = await begin()
    await attempt.stop()
    const renamed: Exercise = {
      ...exercise,
      stepWith: () => {
        throw new Error('{{new}} was never bound')
      },
    }
    await expect(openAttempt({ world, exercise: renamed, id: attempt.id })).rejects.toMatchObject({
      code: 'unknown-attempt',
      said: { why: 'its file belongs to another exercise, or to another version of it' },
    })
  })

  test('an attempt that is not there, and a file that is none', async () => {
    const world = fakeWorld()
    await expect(openAttempt({ world, exercise, id: 'nope' })).rejects.toMatchObject({ code: 'unknown-attempt' })
    await mkdir(join(world.dir, 'attempts'))
    await writeFile(join(world.dir, 'attempts', 'torn.json'), '{"version": 1, "id"')
    expect(await listAttempts(world.dir)).toEqual([])
    const { attempt } = await begin(world)
    expect((await listAttempts(world.dir)).map(({ id }) => id)).toEqual([attempt.id])
  })
})
