import { z } from 'zod'
import { defineFault, proveServing } from './fault.js'

export const start = defineFault({
  kind: 'start',
  group: 'host',
  summary: 'The host comes back after a crash or a stop: its services start as after a boot',
  action: 'Start {host}',
  proves: 'The supervisor says that every service runs, and those with a port answer there.',
  targets: 'any-host',
  options: z.strictObject({}),
  needs: 'down',
  momentary: () => true,
  ends: ['crash', 'stop'],
  async apply({ target, power }) {
    await power.start()
    return `Started ${target.name}`
  },
  proveEffect: proveServing,
  effectWithinMs: 60_000,
  heal: () => Promise.resolve(),
  proveHealed: proveServing,
  healedWithinMs: 60_000,
  holdsStill: () => Promise.resolve(false),
})
