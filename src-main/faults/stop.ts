import { z } from 'zod'
import { defineFault, proveServing, proveSilent } from './fault.js'

const options = z.strictObject({
  graceSeconds: z
    .int()
    .min(0)
    .max(600)
    .default(60)
    .describe('Seconds that the services may take to shut down before they are killed'),
})

export const stop = defineFault({
  kind: 'stop',
  group: 'host',
  summary: 'The host shuts down in order: Patroni gives up the leader key and stops PostgreSQL first',
  action: 'Stop {host}',
  proves: 'The engine says that the host has exited, and none of its ports answers.',
  targets: 'any-host',
  options,
  needs: 'running',
  halts: true,
  async apply({ target, power, options: { graceSeconds } }) {
    await power.stop(graceSeconds)
    return `Shut ${target.name} down, with ${graceSeconds} s for its services to end in order`
  },
  async proveEffect(context) {
    const { how } = await context.state()
    return proveSilent(context, 'exited', how === 'killed' ? ', killed when its time was up' : '')
  },
  effectWithinMs: 15_000,
  heal: ({ power }) => power.start(),
  proveHealed: proveServing,
  healedWithinMs: 60_000,
  holdsStill: async ({ state }) => (await state()).container !== 'running',
})
