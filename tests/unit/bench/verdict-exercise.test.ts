import { expect, test } from 'vitest'
import { readExercise } from '../../../src-main/exercises/load.js'

test('the exercise that verdicts are measured with is valid, and one of its checks can never pass', async () => {
  const { exercise, errors } = await readExercise('bench/verdict')
  expect(errors).toEqual([])
  // a step whose checks have all passed is done, and asks no more
  expect(exercise!.spec.steps[0]!.checks.map(({ id }) => id)).toEqual(['etcd', 'engine', 'sql', 'never'])
})
