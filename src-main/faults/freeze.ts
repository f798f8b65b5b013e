import { z } from 'zod'
import { defineFault, proveServing, proveSilent } from './fault.js'

export const freeze = defineFault({
  kind: 'freeze',
  group: 'host',
  summary: 'Every process on the host stands still, as when a hypervisor stalls: connections stay open, nobody answers',
  action: 'Freeze {host}',
  proves: 'The engine says that the host is paused, and none of its ports answers.',
  targets: 'any-host',
  options: z.strictObject({}),
  needs: 'running',
  halts: true,
  async apply({ target, power }) {
    await power.pause()
    return `Froze every process on ${target.name}`
  },
  proveEffect: (context) => proveSilent(context, 'paused', ''),
  effectWithinMs: 15_000,
  heal: ({ power }) => power.unpause(),
  proveHealed: proveServing,
  healedWithinMs: 60_000,
  holdsStill: async ({ state }) => (await state()).container === 'paused',
})
