import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { etcdHosts, hasMember, healthyHosts, majorityOf, whyNotAllHealthy } from './etcd-members.js'
import { defineFault, type FaultContext } from './fault.js'
import { bringUp, isRunning, supervised, takeDown } from './services.js'

type Context = FaultContext<Record<string, unknown>>

/** As many members as make a majority, the target's first. */
export function majorityAround(target: string, members: readonly string[]): string[] {
  const others = members.filter((name) => name !== target)
  return [target, ...others].slice(0, majorityOf(members.length))
}

const chosen = ({ notes }: Context): string[] => (notes['down'] ?? []) as string[]

/** Those of the chosen whose hosts run now: a host that is down starts its services when it starts. */
async function reachable(context: Context): Promise<string[]> {
  const running = (await etcdHosts(context)).map(({ name }) => name)
  return chosen(context).filter((name) => running.includes(name))
}

export const loseQuorum = defineFault({
  kind: 'lose-quorum',
  group: 'consensus',
  summary: 'etcd is down on a majority of its members: nobody can hold the leader key, so nobody may be written to',
  action: 'Lose the quorum of etcd, {host} first',
  proves: 'No member answers a read that needs a quorum.',
  targets: 'any-host',
  options: z.strictObject({}),
  needs: 'running',
  whenGone: 'etcd was started on every host that had lost it, by another hand',
  refuses(context) {
    if (!hasMember(context.target)) return Promise.resolve(`${context.target.name} has no member of etcd`)
    return whyNotAllHealthy(context)
  },
  async apply(context) {
    const members = (await etcdHosts(context)).map(({ name }) => name)
    const down = majorityAround(context.target.name, members)
    context.notes['down'] = down
    await context.save()
    await Promise.all(down.map((name) => takeDown(context, name, 'etcd')))
    return `Shut etcd down on ${down.join(', ')}: ${down.length} of ${members.length} members`
  },
  async proveEffect(context): Promise<Proof> {
    const [members, healthy] = await Promise.all([etcdHosts(context), healthyHosts(context)])
    return {
      holds: healthy.length === 0,
      observed: `${healthy.length === 0 ? 'none' : healthy.join(', ')} of ${members.length} members answers a read that needs a quorum`,
    }
  },
  effectWithinMs: 30_000,
  async heal(context) {
    await Promise.all((await reachable(context)).map((name) => bringUp(context, name, 'etcd')))
  },
  async proveHealed(context): Promise<Proof> {
    const [down, healthy] = await Promise.all([reachable(context), healthyHosts(context)])
    const ill = down.filter((name) => !healthy.includes(name))
    return {
      holds: ill.length === 0,
      observed: `healthy: ${healthy.join(', ') || 'none'}${ill.length > 0 ? `; not yet: ${ill.join(', ')}` : ''}`,
    }
  },
  healedWithinMs: 60_000,
  async holdsStill(context) {
    const frozen = await Promise.all(chosen(context).map(async (name) => (await context.stateOf(name)).container))
    if (frozen.includes('paused')) return true
    const said = (await reachable(context)).map((name) => supervised(context, name, 'etcd'))
    return (await Promise.all(said)).some((line) => !isRunning(line))
  },
})
