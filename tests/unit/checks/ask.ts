import type { CheckContext } from '../../../src-main/checks/index.js'
import { evaluate, type Condition } from '../../../src-main/checks/index.js'
import type { Verdict } from '../../../src-main/contract/check.js'
import type { FakeWorld } from '../exercises/fake-world.js'

export const contextOf = (world: FakeWorld, more: Partial<CheckContext> = {}): CheckContext => ({
  sources: world,
  now: world.now,
  since: world.now - 60_000,
  beganAt: (step) => (step === 'crash' ? world.now - 30_000 : null),
  results: new Map(),
  answers: new Map(),
  ...more,
})

/** What a condition says, without the evidence: its word and its three sentences. */
export async function ask(world: FakeWorld, condition: Condition, more: Partial<CheckContext> = {}): Promise<Verdict> {
  return await evaluate(condition, contextOf(world, more))
}
