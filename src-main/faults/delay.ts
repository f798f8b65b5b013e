import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { defineFault, type FaultContext } from './fault.js'
import { knocks } from './measure.js'
import { addTable, chainsFor } from './nft.js'
import * as traffic from './traffic.js'

const options = z.strictObject({
  ms: z
    .int()
    .min(1)
    .max(5_000)
    .default(100)
    .describe('Milliseconds by which each packet that the target sends is late'),
  jitterMs: z.int().min(0).max(2_000).default(0).describe('So much earlier or later than that, at random'),
  peers: traffic.peersOption,
  services: traffic.servicesOption,
})
type Context = FaultContext<z.output<typeof options>>

const each = 20

/** Round trips from the target to its peers, and the median of them. */
async function roundTrip(context: Context): Promise<number | null> {
  const peers = await traffic.runningPeers(context)
  if (peers.length === 0) return null
  const withinMs = context.options.ms + context.options.jitterMs + 2_000
  return (await knocks(context, context.target.name, peers, { each, withinMs })).medianMs
}

/**
 * Packets with this priority go to the class of the same number, and wait there; all others, such as the answers to this
 * machine, pass by it. The filter rules give them the priority, as they know peers and services.
 */
const priority = '0x00010010'
const queues = ({ ms, jitterMs }: z.output<typeof options>): string =>
  [
    'tc qdisc add dev eth0 root handle 1: htb default 0',
    'tc class add dev eth0 parent 1: classid 1:10 htb rate 10gbit quantum 60000',
    `tc qdisc add dev eth0 parent 1:10 handle 10: netem limit 10000 delay ${ms}ms${jitterMs > 0 ? ` ${jitterMs}ms` : ''}`,
  ].join('\n')
const hasQueues = (listed: string): boolean => /^qdisc htb 1: root/m.test(listed)

async function tc({ beside, target }: Context, script: string): Promise<string> {
  const { code, stdout, stderr } = await beside(target.name, script)
  if (code !== 0) throw new Error(`tc beside ${target.name}: ${stderr.trim().split('\n')[0] ?? `code ${code}`}`)
  return stdout
}
const queuesNow = (context: Context): Promise<string> => tc(context, 'tc qdisc show dev eth0')

export const delay = defineFault({
  kind: 'delay',
  group: 'network',
  summary: 'What the host sends to its peers arrives late, as over a long or a busy line',
  action: 'Delay the network of {host}',
  proves: 'Round trips from the host to its peers take that much longer than before.',
  targets: 'any-host',
  options,
  needs: 'running',
  requires: 'netem',
  alone: true, // a network card has one queue
  whenGone: traffic.whenRulesGone,
  refuses: traffic.refusesPeers,
  async apply(context) {
    const { target, notes, options: wanted } = context
    notes['beforeMs'] = await roundTrip(context)
    await context.save()
    await tc(context, queues(wanted))
    const packets = {
      direction: 'out',
      peers: traffic.peersOf(context),
      ports: traffic.rulePorts(wanted.services),
    } as const
    await addTable(context, target.name, chainsFor(packets, `counter meta priority set ${priority}`))
    const late = `${wanted.ms} ms${wanted.jitterMs > 0 ? `, give or take ${wanted.jitterMs} ms` : ''}`
    return `Delays ${target.name} by ${late}: ${traffic.trafficInWords(context, { ...wanted, direction: 'out' })}`
  },
  async proveEffect(context): Promise<Proof> {
    const { ms, jitterMs } = context.options
    const before = context.notes['beforeMs'] as number | null
    const now = await roundTrip(context)
    if (now === null) return { holds: before === null, observed: 'no peer answers, so nothing can be measured' }
    const observed = `round trip ${now.toFixed(1)} ms${before === null ? '' : `, ${before.toFixed(1)} ms before`}`
    return { holds: now >= Math.max(ms - jitterMs, ms / 2) * 0.9, observed }
  },
  effectWithinMs: 30_000,
  async heal(context) {
    await traffic.removeRules(context)
    if ((await context.state()).container !== 'running') return
    if (hasQueues(await queuesNow(context))) await tc(context, 'tc qdisc del dev eth0 root')
  },
  async proveHealed(context): Promise<Proof> {
    if ((await context.state()).container !== 'running')
      return { holds: true, observed: 'queues gone with the network' }
    const { own, others } = await traffic.tablesNow(context)
    if (own || hasQueues(await queuesNow(context))) return { holds: false, observed: 'its queue is still there' }
    const now = await roundTrip(context)
    if (now === null) return { holds: others > 0, observed: 'queue gone; no peer answers' }
    return {
      holds: now < Math.max(context.options.ms / 2, 20),
      observed: `queue gone; round trip ${now.toFixed(1)} ms`,
    }
  },
  healedWithinMs: 30_000,
  holdsStill: traffic.rulesHold,
})
