import { z } from 'zod'
import { serviceName } from '../contract/topology.js'
import type { Proof } from '../contract/fault.js'
import { defineFault } from './fault.js'
import { portsOf } from './links.js'
import { bringUp, isRunning, listeners, supervised, takeDown } from './services.js'

const options = z.strictObject({
  // cron listens nowhere, which is how the effect is proven
  service: serviceName.exclude(['cron']).describe('Which service. PostgreSQL goes down with Patroni, in order'),
})

export const serviceDown = defineFault({
  kind: 'service-down',
  group: 'process',
  summary: 'A service is shut down in order and stays down: the supervisor does not bring it back',
  action: 'Shut down a service on {host}',
  proves: "The kernel lists no listener on the service's ports.",
  targets: 'any-host',
  options,
  needs: 'running',
  whenGone: 'the service on {host} was started by another hand, or with its host',
  async refuses(context) {
    const { target, options: wanted } = context
    if (!target.services.includes(wanted.service)) {
      return `${target.name} runs ${target.services.join(', ')}, and no ${wanted.service}`
    }
    const said = await supervised(context, target.name, wanted.service)
    return isRunning(said) ? null : `${wanted.service} does not run on ${target.name} now: ${said}`
  },
  async apply(context) {
    const { target, options: wanted } = context
    await takeDown(context, target.name, wanted.service)
    return `Shut ${wanted.service} on ${target.name} down, for good`
  },
  async proveEffect(context): Promise<Proof> {
    const { target, options: wanted } = context
    const ports = portsOf([wanted.service])
    const open = await listeners(context, target.name, ports)
    const observed = open.length > 0 ? `port ${open.join(', ')} still listens` : `no listener on ${ports.join(', ')}`
    return { holds: open.length === 0, observed: `${target.name}: ${observed}` }
  },
  effectWithinMs: 15_000,
  heal: (context) => bringUp(context, context.target.name, context.options.service),
  async proveHealed(context): Promise<Proof> {
    const { target, options: wanted } = context
    const [said, open] = await Promise.all([
      supervised(context, target.name, wanted.service),
      listeners(context, target.name, portsOf([wanted.service])),
    ])
    const observed = `${said}; ${open.length > 0 ? `listens on ${open.join(', ')}` : 'listens nowhere'}`
    return { holds: isRunning(said) && open.length > 0, observed }
  },
  healedWithinMs: 60_000,
  async holdsStill(context) {
    const { container } = await context.state()
    // a host starts all of its services when it starts
    if (container !== 'running') return container === 'paused'
    return !isRunning(await supervised(context, context.target.name, context.options.service))
  },
})
