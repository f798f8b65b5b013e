import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import type { LabHost } from '../contract/lab.js'
import type { FaultContext, FaultTarget } from './fault.js'
import { hostsNamed, linkServices, portsOf, type LinkService } from './links.js'
import { measurePort } from './measure.js'
import { removeTable, tableOf, tablesBeside } from './nft.js'

/** Options of faults that disturb what a host exchanges with its peers. */
export const peersOption = z
  .array(z.string())
  .default([])
  .describe('Hosts at the other end. None named: every other host of the lab')
export const directionOption = z
  .enum(['in', 'out', 'both'])
  .default('both')
  .describe('Which packets, seen from the target')
export const servicesOption = z
  .array(z.enum(linkServices))
  .default([])
  .describe('Only the traffic of these services. None named: everything')

type Context = FaultContext<{ peers: string[] }>

/** @throws DojoError unknown-host */
export const peersOf = (context: Context): LabHost[] =>
  context.options.peers.length > 0
    ? hostsNamed(context, context.options.peers)
    : context.hosts.filter((host) => host !== context.target)

export function refusesPeers(context: Context): Promise<string | null> {
  const itself = peersOf(context).some((host) => host === context.target)
  return Promise.resolve(itself ? `${context.target.name} can't be its own peer` : null)
}

/** Ports for rules: those of the services and that of measured traffic, which is to meet the same rules. */
export const rulePorts = (services: readonly LinkService[]): number[] =>
  services.length > 0 ? [...portsOf(services), measurePort] : []

interface Wanted {
  direction: 'in' | 'out' | 'both'
  peers: string[]
  services: LinkService[]
}

/** Which packets the rules are to meet, as the options say. */
export const packetsOf = (context: FaultContext<Wanted>) => ({
  direction: context.options.direction,
  peers: peersOf(context),
  ports: rulePorts(context.options.services),
})

/** Peers that run now: with others, nothing can be measured. */
export async function runningPeers(context: Context): Promise<LabHost[]> {
  const peers = peersOf(context)
  const states = await Promise.all(peers.map(({ name }) => context.stateOf(name)))
  return peers.filter((_, n) => states[n]!.container === 'running')
}

const wayWords = { in: 'received from', out: 'sent to', both: 'exchanged with' }

/** For example: all that pg1 exchanged with pg2, witness. */
export function trafficInWords(
  context: Context,
  { direction, services }: { direction: keyof typeof wayWords; services: readonly string[] },
): string {
  const peers = peersOf(context).map(({ name }) => name)
  return `${services.length > 0 ? services.join(', ') : 'everything'} ${wayWords[direction]} ${peers.join(', ')}`
}

/** Rules are beside the target as long as its network lasts. */
const hasNetwork = async ({ state }: FaultTarget): Promise<boolean> =>
  ['running', 'paused'].includes((await state()).container)

export async function removeRules(context: FaultTarget): Promise<void> {
  if (await hasNetwork(context)) await removeTable(context, context.target.name)
}

/** Whether this fault's table is there, and how many of other faults are. */
export async function tablesNow(context: FaultTarget): Promise<{ own: boolean; others: number }> {
  const names = (await hasNetwork(context)) ? await tablesBeside(context, context.target.name) : []
  const own = names.includes(tableOf(context.id))
  return { own, others: names.length - (own ? 1 : 0) }
}

/** For a proof of healing: the rules are gone, and then what is measured. Not its to prove: what another fault keeps back. */
export async function proveFree(context: FaultTarget, measured: () => Promise<Proof>): Promise<Proof> {
  const { own, others } = await tablesNow(context)
  if (own) return { holds: false, observed: 'its rules are still there' }
  if ((await context.state()).container !== 'running') return { holds: true, observed: 'rules gone with the network' }
  const { holds, observed } = await measured()
  return { holds: holds || others > 0, observed: `rules gone; ${observed}` }
}

export const rulesHold = async (context: FaultTarget): Promise<boolean> => (await tablesNow(context)).own
export const whenRulesGone = 'the rules went with the network of {host}: it was stopped or restarted'
