import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { defineFault, type FaultContext } from './fault.js'
import { knocks } from './measure.js'
import { addTable, chainsFor, packetsMet } from './nft.js'
import * as traffic from './traffic.js'

const options = z.strictObject({
  percent: z.number().min(1).max(100).default(20).describe('Of 100 packets, so many are lost, at random'),
  direction: traffic.directionOption,
  peers: traffic.peersOption,
  services: traffic.servicesOption,
})
type Context = FaultContext<z.output<typeof options>>

/** Less than TCP's first timeout: who answers later has lost a packet. */
const withinMs = 800
const perRound = 120

/** Connections tried from the target: they cross the link in both directions. */
async function tried(context: Context) {
  const peers = await traffic.runningPeers(context)
  if (peers.length === 0) return { tried: 0, late: 0, medianMs: null }
  return knocks(context, context.target.name, peers, { each: Math.ceil(perRound / peers.length), withinMs })
}

export const loss = defineFault({
  kind: 'loss',
  group: 'network',
  summary:
    'A part of the packets between the host and its peers is lost, at random: nothing is cut, and nothing is quick',
  action: 'Lose packets of {host}',
  proves: 'Connections tried through the link wait for their answer, and the kernel counts what the rules dropped.',
  targets: 'any-host',
  options,
  needs: 'running',
  requires: 'nft',
  whenGone: traffic.whenRulesGone,
  refuses: traffic.refusesPeers,
  async apply(context) {
    const { target, options: wanted } = context
    const { percent } = wanted
    const packets = traffic.packetsOf(context)
    const verdict = `counter numgen random mod 1000 < ${Math.round(percent * 10)} counter drop`
    await addTable(context, target.name, chainsFor(packets, verdict))
    return `Loses ${percent} % of the packets of ${target.name}: ${traffic.trafficInWords(context, wanted)}`
  },
  async proveEffect(context): Promise<Proof> {
    const { late, tried: all } = await tried(context)
    const { seen, hit } = await packetsMet(context, context.target.name)
    const observed = `${hit} of ${seen} packets lost; ${late} of ${all} connections without an answer for ${withinMs} ms`
    return { holds: hit > 0 && (late > 0 || all === 0), observed }
  },
  effectWithinMs: 45_000,
  heal: traffic.removeRules,
  proveHealed: (context) =>
    traffic.proveFree(context, async () => {
      const { late, tried: all } = await tried(context)
      return { holds: late === 0, observed: `${all - late} of ${all} connections answered at once` }
    }),
  healedWithinMs: 30_000,
  holdsStill: traffic.rulesHold,
})
