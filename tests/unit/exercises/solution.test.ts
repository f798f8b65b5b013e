import { expect, test } from 'vitest'
import type { StepSpec } from '../../../src-main/exercises/format.js'
import { solutionText } from '../../../src-main/exercises/solution.js'
import { contextOf } from '../checks/ask.js'
import { fakeWorld } from './fake-world.js'

const options = { services: ['postgres'], from: ['pg2', 'pg3'] }
const cut = { label: 'Cut its replication', fault: 'partition', target: 'pg1', options }
const shown = (actions: unknown[], solution: unknown[]): Promise<string> =>
  solutionText({ actions, solution, questions: [] } as unknown as StepSpec, contextOf(fakeWorld()))

test('a fault with options is shown as its button and as the whole command', async () => {
  expect(await shown([cut], [{ fault: 'partition', target: 'pg1', options }])).toBe(
    'Use **Cut its replication**, or `dojo fault fake partition pg1 --services postgres --from pg2,pg3`.',
  )
})

test('a button with other options is another fault', async () => {
  const plain = { label: 'Isolate pg1', fault: 'partition', target: 'pg1' }
  const text = await shown([plain, cut], [{ fault: 'partition', target: 'pg1', options: {} }])
  expect(text).toBe('Use **Isolate pg1**, or `dojo fault fake partition pg1`.')
  expect(await shown([cut], [{ fault: 'partition', target: 'pg1', options: {} }])).toBe(
    'Use `dojo fault fake partition pg1`.',
  )
})
