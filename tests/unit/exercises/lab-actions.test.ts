import { expect, test } from 'vitest'
import { actionSpec, labActionSpec } from '../../../src-main/exercises/format.js'
import { carryOutLabAction } from '../../../src-main/exercises/lab-actions.js'
import { contextOf } from '../checks/ask.js'
import { fakeWorld } from './fake-world.js'

const carryOut = async (world: ReturnType<typeof fakeWorld>, action: unknown): Promise<void> =>
  carryOutLabAction(labActionSpec.parse(action), world, () => contextOf(world), AbortSignal.timeout(5000))

test('a command is run on its host', async () => {
  const world = fakeWorld()
  world.outputs['pg1: psql -c select'] = { code: 0, stdout: '', stderr: '' }
  await carryOut(world, { on: 'pg1', exec: ['psql', '-c', 'select'] })
  expect(world.ran).toEqual(['pg1: psql -c select'])
})

test('a command that fails stops the reset, and is told with its last words', async () => {
  const world = fakeWorld()
  world.outputs['pg1: psql'] = { code: 2, stdout: '', stderr: 'a\nb\nread-only' }
  await expect(carryOut(world, { on: 'pg1', exec: ['psql'] })).rejects.toMatchObject({
    code: 'command-failed',
    said: { what: '`psql` on pg1 ended with exit code 2', why: 'b / read-only' },
  })
})

test('a command without words, or typed as well, is no action', () => {
  expect(labActionSpec.safeParse({ on: 'pg1', exec: [] }).success).toBe(false)
  expect(actionSpec.safeParse({ on: 'pg1', exec: ['psql'], run: 'psql' }).success).toBe(false)
})
