import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { exercisesFolder, readExercises } from '../../../src-main/exercises/load.js'
import { runBlocksIn } from '../../../src-main/exercises/run-blocks.js'
import { inWords } from '../../../src-main/exercises/source.js'
import { plainValues, sampleOf } from '../../../src-main/checks/values.js'
import { evaluate, valueSpec } from '../../../src-main/checks/index.js'
import { contextOf } from '../checks/ask.js'
import { fakeWorld } from './fake-world.js'

const { exercises, errors } = await readExercises()

test('every exercise in labs/ is valid', () => {
  expect(errors.map(inWords)).toEqual([])
  expect(exercises.length).toBeGreaterThan(0)
})

describe.each(exercises.map((exercise) => [exercise.slug, exercise] as const))('%s', (slug, exercise) => {
  test('every file of its folder is used', async () => {
    const used = exercise.spec.steps.flatMap(({ text, afterwards }) => [text, afterwards])
    const files = await readdir(join(exercisesFolder(), slug))
    expect(files.filter((file) => file !== 'exercise.yaml' && !used.includes(file))).toEqual([])
  })

  test('every step has a decoy with a diagnosis, and two tiers of hints', () => {
    for (const step of exercise.spec.steps) {
      expect(step.decoys.length, step.step).toBeGreaterThan(0)
      expect(step.hints.length, step.step).toBeGreaterThan(1)
    }
  })

  test('its words are calm: no exclamation marks, no "simply", no "just"', async () => {
    const folder = join(exercisesFolder(), slug)
    for (const file of await readdir(folder)) {
      const text = (await readFile(join(folder, file), 'utf8')).replaceAll(/```[\s\S]*?```/g, '')
      expect(text, file).not.toMatch(/!(?!=)|\b(simply|just|obviously|of course|oops)\b/i)
      expect(text, file).not.toMatch(/[—–]/)
    }
  })

  test('no check of a step passes on a lab where nothing was done, as far as a fake can tell', async () => {
    const world = fakeWorld()
    const samples = Object.fromEntries(
      exercise.spec.steps.flatMap(({ remember, keep }) =>
        Object.entries({ ...remember, ...keep }).map(([name, value]) => [name, sampleOf(value)]),
      ),
    )
    const variables = {
      ...samples,
      oldLeader: 'pg1',
      oldStandby: 'pg2',
      from: 'pg1',
      to: 'pg2',
      lab: 'fake',
      scope: 'pair-witness',
      topology: 'pair-witness',
    }
    for (const [index, { step }] of exercise.spec.steps.entries()) {
      for (const check of exercise
        .stepWith(index, variables)
        .checks.filter(({ by, id }) => by === 'learner' && id !== 'host-runs' && id !== 'same-cluster')) {
        const { verdict } = await evaluate(check, contextOf(world, { since: world.now }))
        expect(verdict, `${step}/${check.id}`).not.toBe('pass')
      }
    }
  })

  test('prose runs only what a terminal can run', () => {
    for (const { text, afterwards } of exercise.prose) {
      for (const block of runBlocksIn(`${text}\n${afterwards ?? ''}`)) expect(block.problem).toBeUndefined()
    }
  })
})

test('every plain value has a sample of the type that it reads', async () => {
  const world = fakeWorld()
  for (const [name, { sample, read }] of Object.entries(plainValues)) {
    expect(valueSpec.safeParse(name).success).toBe(true)
    const reading = await read(contextOf(world))
    expect(reading, name).toMatchObject({ ok: true })
    expect(typeof (reading as { value: unknown }).value, name).toBe(typeof sample)
  }
})
