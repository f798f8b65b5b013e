import { z } from 'zod'
import type { FaultCut, Proof } from '../contract/fault.js'
import type { LabHost } from '../contract/lab.js'
import { defineFault, type FaultContext } from './fault.js'
import { connecting, hostsNamed, linksBetween, linkServices, portsOf, type Link } from './links.js'
import { addTable, chainsFor, packetsMet, removeTable, tableOf, tablesBeside } from './nft.js'

const options = z.strictObject({
  from: z.array(z.string()).default([]).describe('Hosts that the target is cut off from. None named: every other host'),
  with: z.array(z.string()).default([]).describe("Hosts on the target's side, which are cut off with it"),
  direction: z
    .enum(['in', 'out', 'both'])
    .default('both')
    .describe("Which packets are kept back, seen from the target's side"),
  services: z.array(z.enum(linkServices)).default([]).describe('Only what these services say. None named: everything'),
  action: z.enum(['drop', 'reject']).default('drop').describe('drop: peers wait in vain; reject: they fail at once'),
})
type Context = FaultContext<z.output<typeof options>>

interface Sides {
  near: LabHost[]
  far: LabHost[]
}

function sidesOf(context: Context): Sides {
  const { target, hosts, options: wanted } = context
  const near = [target, ...hostsNamed(context, wanted.with)]
  const far = wanted.from.length > 0 ? hostsNamed(context, wanted.from) : hosts.filter((host) => !near.includes(host))
  return { near, far }
}

const chainsOf = ({ options: { direction, services, action } }: Context, far: readonly LabHost[]): string[] =>
  chainsFor({ direction, peers: far, ports: portsOf(services) }, `counter ${action}`)

const across = ({ near, far }: Sides, { options: { services } }: Context): Link[] => [
  ...near.flatMap((host) => linksBetween(host, far, services)),
  ...far.flatMap((host) => linksBetween(host, near, services)),
]
const spell = (links: readonly Link[]): string =>
  links.map(({ from, to, port }) => `${from} to ${to}:${port}`).join(', ')

/** Links that worked before: an absence proves something only where there was a presence. */
const workedBefore = ({ notes }: Context): Link[] => (notes['links'] ?? []) as Link[]

/** Those of them whose hosts run now. A host that is down refuses for reasons of its own. */
async function stillFair(context: Context): Promise<Link[]> {
  const hosts = [...new Set(workedBefore(context).flatMap(({ from, to }) => [from, to]))]
  const alive = await Promise.all(
    hosts.map(async (host) => ((await context.stateOf(host)).container === 'running' ? host : '')),
  )
  return workedBefore(context).filter(({ from, to }) => alive.includes(from) && alive.includes(to))
}

export const partition = defineFault({
  kind: 'partition',
  group: 'network',
  summary: 'Cuts the network between hosts, in one or both directions; everything on them goes on',
  action: 'Isolate {host}',
  targets: 'any-host',
  options,
  needs: 'running',
  requires: 'nft',
  proves: 'Connections between the two sides that worked before fail, and the kernel counts packets at the rules.',
  whenGone: 'the rules went with the network of {host}: it was stopped or restarted',
  cuts(context): FaultCut[] {
    const { near, far } = sidesOf(context)
    const { direction, services } = context.options
    return near.flatMap(({ name: one }) =>
      far.flatMap(({ name: other }) => [
        ...(direction === 'in' ? [] : [{ from: one, to: other, services }]),
        ...(direction === 'out' ? [] : [{ from: other, to: one, services }]),
      ]),
    )
  },
  refuses(context) {
    const { near, far } = sidesOf(context)
    const both = near.find((host) => far.includes(host))
    if (both) return Promise.resolve(`${both.name} can't be on both sides of the cut`)
    return Promise.resolve(far.length === 0 ? 'no host is left on the other side' : null)
  },
  async apply(context) {
    const sides = sidesOf(context)
    const { near, far } = sides
    context.notes['links'] = await connecting(context, across(sides, context))
    await context.save()
    await Promise.all(near.map(({ name }) => addTable(context, name, chainsOf(context, far))))
    const [one, other] = [near, far].map((side) => side.map(({ name }) => name).join(', '))
    const { direction, services, action } = context.options
    const what = services.length > 0 ? services.join(', ') : 'everything'
    const way = { both: 'both ways', in: `on the way to ${one}`, out: `on the way from ${one}` }[direction]
    return `Cut ${one} off from ${other}: ${what}, ${way}, ${action === 'drop' ? 'dropped' : 'rejected'}`
  },
  async proveEffect(context): Promise<Proof> {
    const before = workedBefore(context)
    const [alive, packets] = await Promise.all([
      connecting(context, before),
      Promise.all(sidesOf(context).near.map(({ name }) => packetsMet(context, name))),
    ])
    const met = packets.reduce((sum, { hit }) => sum + hit, 0)
    const observed =
      alive.length > 0
        ? `still connects: ${spell(alive)}`
        : `${before.length} connections that worked before fail now; ${met} packets met the rules`
    return { holds: alive.length === 0 && (met > 0 || before.length === 0), observed }
  },
  effectWithinMs: 15_000,
  async heal(context) {
    const running = await nearAndRunning(context)
    await Promise.all(running.map((name) => removeTable(context, name)))
  },
  async proveHealed(context): Promise<Proof> {
    const near = await nearAndRunning(context)
    const left = (await Promise.all(near.map((name) => tablesBeside(context, name)))).flat()
    if (left.includes(tableOf(context.id))) return { holds: false, observed: 'its rules are still there' }
    const fair = await stillFair(context)
    const alive = await connecting(context, fair)
    const silent = fair.filter((link) => !alive.includes(link))
    if (silent.length === 0) return { holds: true, observed: `rules gone; ${alive.length} connections work again` }
    // what another cut keeps back is not this one's to prove
    const others = left.length > 0 || (await hasOtherCuts(context, silent))
    return {
      holds: others,
      observed: `rules gone; ${spell(silent)} ${others ? 'cut by another fault' : 'still fails'}`,
    }
  },
  healedWithinMs: 30_000,
  async holdsStill(context) {
    const near = await nearAndRunning(context)
    const tables = await Promise.all(near.map((name) => tablesBeside(context, name)))
    return tables.some((names) => names.includes(tableOf(context.id)))
  },
})

/** Near hosts that have a network at all: those that are down lost the rules with it. */
async function nearAndRunning(context: Context): Promise<string[]> {
  const names = sidesOf(context).near.map(({ name }) => name)
  const states = await Promise.all(names.map((name) => context.stateOf(name)))
  return names.filter((_, n) => states[n]!.container === 'running' || states[n]!.container === 'paused')
}

async function hasOtherCuts(context: Context, links: readonly Link[]): Promise<boolean> {
  const hosts = [...new Set(links.flatMap(({ from, to }) => [from, to]))]
  const tables = await Promise.all(hosts.map((host) => tablesBeside(context, host).catch(() => [])))
  return tables.flat().length > 0
}
