import { z } from 'zod'
import type { FaultCut } from '../contract/fault.js'
import { defineCheck, passIf } from './check.js'
import { hostIn } from './readings.js'

const params = z.strictObject({
  host: z.string().describe('Name of the host'),
  from: z.array(z.string()).min(1).optional().describe('The hosts on the other side; without it: every other host'),
  is: z
    .enum(['cut', 'partly', 'open'])
    .describe('cut: nothing passes, either way; open: nothing is kept back; partly: neither'),
})

/** Of one direction between two hosts: everything is kept back, some of it, or nothing. */
type Passage = 'none' | 'some' | 'all'
const passage = (cuts: readonly FaultCut[], from: string, to: string): Passage => {
  const here = cuts.filter((cut) => cut.from === from && cut.to === to)
  if (here.some(({ services }) => services.length === 0)) return 'none'
  return here.length > 0 ? 'some' : 'all'
}

export const networkCut = defineCheck({
  kind: 'network.cut',
  summary: 'Whether faults cut a host off from others: both ways and in everything, partly, or not at all',
  params,
  sources: ['faults'],
  // async: a throw (no such host) must become a rejection
  evaluate: async ({ params: { host, from, is }, sources }) => {
    const state = sources.cluster()
    const peers = from ?? state.hosts.map(({ name }) => name).filter((name) => name !== host)
    for (const name of [host, ...peers]) hostIn(state, name)
    // one that is being healed still keeps packets back; one that is being applied may not do so yet
    const faults = state.faults.filter((fault) => fault.state === 'active' || fault.state === 'healing')
    const cuts = faults.flatMap((fault) => fault.cuts ?? [])
    const ways = peers.flatMap((peer) => [
      { name: `${host} to ${peer}`, passes: passage(cuts, host, peer) },
      { name: `${peer} to ${host}`, passes: passage(cuts, peer, host) },
    ])
    const shut = ways.filter(({ passes }) => passes === 'none').length
    const seen = shut === ways.length ? 'cut' : ways.every(({ passes }) => passes === 'all') ? 'open' : 'partly'
    const others = peers.join(', ')
    const inWords = {
      cut: `${host} is cut off from ${others}, both ways`,
      partly: `${host} is cut off from ${others} in part`,
      open: `nothing between ${host} and ${others} is cut`,
    }
    const left = ways.filter(({ passes }) => passes !== 'none').map(({ name }) => name)
    const why = {
      cut: `Faults on this lab: ${faults.map(({ kind, target }) => `${kind} ${target}`).join(', ')}`,
      partly: `Packets still pass: ${left.join(', ')}`,
      open: 'No active fault keeps packets between them back',
    }
    const value = faults.map(({ id, kind, target, options }) => ({ id, kind, target, options }))
    const evidence = [{ source: 'faults of this lab', value, ageMs: 0 }]
    return passIf(seen === is, { expected: inWords[is], observed: inWords[seen], why: why[seen], evidence })
  },
})
