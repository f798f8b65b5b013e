import { z } from 'zod'
import { defineFault, proveServing, proveSilent } from './fault.js'

export const crash = defineFault({
  kind: 'crash',
  group: 'host',
  summary: 'The host dies at once, as when its power is cut: nothing on it is told, nothing is shut down',
  action: 'Crash {host}',
  proves: 'The engine says that the host has exited, and none of its ports answers.',
  targets: 'any-host',
  options: z.strictObject({}),
  needs: 'running',
  halts: true,
  async apply({ target, power }) {
    await power.kill()
    return `Killed every process on ${target.name} at once`
  },
  proveEffect: (context) => proveSilent(context, 'exited', ''),
  effectWithinMs: 15_000,
  heal: ({ power }) => power.start(),
  proveHealed: proveServing,
  healedWithinMs: 60_000,
  holdsStill: async ({ state }) => (await state()).container !== 'running',
})
