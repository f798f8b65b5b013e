import { expect, test } from 'vitest'
import { stepSpec } from '../../../src-main/exercises/format.js'
import { solutionText } from '../../../src-main/exercises/solution.js'
import { contextOf } from '../checks/ask.js'
import { fakeWorld } from './fake-world.js'

const options = { from: ['pg2', 'witness'], direction: 'both' }
const step = (given: Record<string, unknown>) =>
  stepSpec.parse({
    step: 'cut',
    title: 'Cut',
    text: '01-cut.md',
    baseline: { cluster: { leader: 'pg1' } },
    actions: [{ label: 'Cut pg1', fault: 'partition', target: 'pg1', options }],
    checks: [{ id: 'cut', title: 'Cut', 'network.cut': { host: 'pg1', is: 'cut' } }],
    hints: ['a', 'b'],
    solution: [{ fault: 'partition', target: 'pg1', options: given }],
  })

test('a fault in the shown solution has its options, as the command line takes them', async () => {
  const text = await solutionText(step(options), contextOf(fakeWorld()))
  expect(text).toBe('Use **Cut pg1**, or `dojo fault fake partition pg1 --from pg2,witness --direction both`.')
})

test('a button that does something else to the same host is not named', async () => {
  expect(await solutionText(step({}), contextOf(fakeWorld()))).toBe('Use `dojo fault fake partition pg1`.')
})
