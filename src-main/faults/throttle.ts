import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import type { LabHost } from '../contract/lab.js'
import { defineFault, type FaultContext } from './fault.js'
import { transferRate } from './measure.js'
import { addTable, chainsFor, packetsMet } from './nft.js'
import * as traffic from './traffic.js'

const options = z.strictObject({
  kbit: z.int().min(64).max(100_000).default(1_000).describe('Kilobits per second that pass, in each direction'),
  direction: traffic.directionOption,
  peers: traffic.peersOption,
  services: traffic.servicesOption,
})
type Context = FaultContext<z.output<typeof options>>

/** What may pass at once. Less than one segment of a virtual network card, 64 KiB, lets TCP through in small ones only. */
const burstBytes = 16 * 1024
/** A limit holds when no more than this much of it passes: retries and the clocks of two hosts blur it. */
const slack = 1.5

interface Measured {
  from: string
  to: string
  kbit: number
}

/** Sends from the target to its first running peer, back, or both at once, at twice the limit if the network lets it. */
async function measured(context: Context): Promise<Measured[]> {
  const { target, options: wanted } = context
  const [peer] = await traffic.runningPeers(context)
  if (!peer) return []
  const ways: [LabHost, LabHost][] = []
  if (wanted.direction !== 'in') ways.push([target, peer])
  if (wanted.direction !== 'out') ways.push([peer, target])
  return Promise.all(
    ways.map(async ([from, to]) => {
      const kbit = await transferRate(context, from, to, { kbit: wanted.kbit * 2, burstBytes })
      return { from: from.name, to: to.name, kbit }
    }),
  )
}
const spell = (rates: readonly Measured[]): string =>
  rates.map(({ from, to, kbit }) => `${kbit} kbit/s from ${from} to ${to}`).join(', ') || 'no peer runs to measure with'

export const throttle = defineFault({
  kind: 'throttle',
  group: 'network',
  summary:
    'The network between the host and its peers is slow: what exceeds the limit is dropped, and sent again later',
  action: 'Throttle the network of {host}',
  proves: 'Data sent through the link arrives no faster than the limit, and the kernel counts what the rules dropped.',
  targets: 'any-host',
  options,
  needs: 'running',
  requires: 'nft',
  whenGone: traffic.whenRulesGone,
  refuses: traffic.refusesPeers,
  async apply(context) {
    const { target, options: wanted } = context
    const { kbit } = wanted
    const packets = traffic.packetsOf(context)
    // one bucket per rule: with services named, what goes to them and what comes from them have one each
    const verdict = `limit rate over ${kbit * 125} bytes/second burst ${burstBytes} bytes counter drop`
    await addTable(context, target.name, chainsFor(packets, verdict))
    return `Limited ${target.name} to ${kbit} kbit/s: ${traffic.trafficInWords(context, wanted)}`
  },
  async proveEffect(context): Promise<Proof> {
    const rates = await measured(context)
    const { hit } = await packetsMet(context, context.target.name)
    const within = rates.every(({ kbit }) => kbit <= context.options.kbit * slack)
    return { holds: within && (hit > 0 || rates.length === 0), observed: `${spell(rates)}; ${hit} packets dropped` }
  },
  effectWithinMs: 30_000,
  heal: traffic.removeRules,
  proveHealed: (context) =>
    traffic.proveFree(context, async () => {
      const rates = await measured(context)
      return { holds: rates.every(({ kbit }) => kbit > context.options.kbit * slack), observed: spell(rates) }
    }),
  healedWithinMs: 30_000,
  holdsStill: traffic.rulesHold,
})
