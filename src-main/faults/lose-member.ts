import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import {
  hasMember,
  clientUrl,
  dataDirectory,
  etcdHosts,
  healthyHosts,
  isHealthy,
  majorityOf,
  membersSeenBy,
  peerUrl,
  whyNotAllHealthy,
  type Member,
} from './etcd-members.js'
import { defineFault, type FaultContext } from './fault.js'

type Context = FaultContext<Record<string, unknown>>

/** A member that is healthy and not the target, to ask and to repair from. */
async function survivorOf(context: Context): Promise<string> {
  const found = (await healthyHosts(context)).find((name) => name !== context.target.name)
  if (found) return found
  throw new Error('no other member of etcd is healthy, and a member can be replaced by a quorum only')
}

const isTargets = (context: Context, { name, peerUrl: url }: Member): boolean =>
  name === context.target.name || url === peerUrl(context, context.target.name)

/** Its id, noted before it was lost. */
const lostOf = ({ notes }: Context): string => (notes['lost'] ?? '') as string

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

/** Until it is down and stays down: between two lives, the supervisor forgets what it was told a moment before. */
const stopEtcd = `for n in $(seq 100); do
  sv down etcd > /dev/null
  case "$(sv status etcd)" in run:*) sv kill etcd > /dev/null ;; *want*) ;; down:*) break ;; esac
  sleep 0.1
done`

const lossScript = `${stopEtcd}; rm -rf ${dataDirectory}`

/**
 * Runs on the survivor. A member that was added is not counted as one before it starts, and etcd refuses to change its
 * members while it has not heard from all of them for 5 s: hence the retries.
 */
const replaceScript = (context: Context, survivor: string, name: string): string => `
export ETCDCTL_ENDPOINTS=${clientUrl(context, survivor)}
again() { for n in $(seq 20); do "$@" && return; sleep 1; done; return 1; }
remove() {
  all=$(etcdctl member list) || return 1
  id=$(echo "$all" | grep -F '${peerUrl(context, name)}' | cut -d, -f1)
  [ -z "$id" ] || etcdctl member remove "$id"
}
add() { etcdctl member add '${name}' '--peer-urls=${peerUrl(context, name)}'; }
again remove && again add`

/** Runs on the target to its end, also without this app: the configuration is as it was once the member has joined. */
const joinScript = (context: Context, name: string): string => `
${stopEtcd}; rm -rf ${dataDirectory}
sed -i 's/^initial-cluster-state: .*/initial-cluster-state: existing/' /etc/etcd/etcd.yml
export ETCDCTL_ENDPOINTS=${clientUrl(context, name)}
for n in $(seq 45); do sv up etcd > /dev/null; etcdctl endpoint health --command-timeout=1s && break; sleep 0.5; done
sed -i 's/^initial-cluster-state: .*/initial-cluster-state: new/' /etc/etcd/etcd.yml`

export const loseMember = defineFault({
  kind: 'lose-member',
  group: 'consensus',
  summary: 'A member of etcd is lost for good: it is down and its data is gone. Healing replaces it by a new one',
  action: 'Lose the etcd member on {host}',
  proves: 'A surviving member still lists it, and it answers no read that needs a quorum.',
  targets: 'any-host',
  options: z.strictObject({}),
  needs: 'running',
  alone: true,
  whenGone: 'etcd on {host} serves again: somebody replaced the member',
  async refuses(context) {
    const { target, hosts } = context
    if (!hasMember(target)) return `${target.name} has no member of etcd`
    const members = hosts.filter(hasMember).length
    if (members - 1 < majorityOf(members)) {
      return `etcd has ${members} member${members === 1 ? '' : 's'}: without one it has no quorum, and none can be replaced`
    }
    return whyNotAllHealthy(context)
  },
  async apply(context) {
    const { target, notes, exec } = context
    const own = (await membersSeenBy(context, target.name)).find((member) => isTargets(context, member))
    if (!own) throw new Error(`etcd lists no member on ${target.name}`)
    notes['lost'] = own.id
    await context.save()
    const { code, stderr } = await exec(['sh', '-c', lossScript], { timeoutMs: 30_000 })
    if (code !== 0) throw new Error(stderr.trim())
    return `Killed etcd on ${target.name}, member ${own.id}, and removed its data directory`
  },
  async proveEffect(context): Promise<Proof> {
    const { target } = context
    const listed = await membersSeenBy(context, await survivorOf(context))
    const still = listed.find(({ id }) => id === lostOf(context))
    const healthy = await isHealthy(context, target.name)
    return {
      holds: still !== undefined && !healthy,
      observed: `etcd lists ${listed.length} members, ${still ? `${still.id} on ${target.name} among them` : `none is ${lostOf(context)}`}; that one is ${healthy ? 'healthy' : 'not healthy'}`,
    }
  },
  effectWithinMs: 30_000,
  async heal(context) {
    const { target, exec, execOn } = context
    if (await isHealthy(context, target.name)) return // whoever did it, there is nothing left to replace
    const survivor = await survivorOf(context)
    const failure = 'replacing the member failed'
    const replaced = await execOn(survivor, ['sh', '-c', replaceScript(context, survivor, target.name)], {
      timeoutMs: 60_000,
    })
    if (replaced.code !== 0) throw new Error(`${failure}: ${lastLine(replaced.stderr)}`)
    const joined = await exec(['sh', '-c', joinScript(context, target.name)], { timeoutMs: 120_000 })
    if (joined.code !== 0) throw new Error(`${failure}: ${lastLine(joined.stderr)}`)
  },
  async proveHealed(context): Promise<Proof> {
    const { target } = context
    const listed = await membersSeenBy(context, await survivorOf(context))
    const own = listed.filter((member) => isTargets(context, member))
    const healthy = await isHealthy(context, target.name)
    const replaced = own.length === 1 && own[0]!.started && own[0]!.id !== lostOf(context)
    const shown = own.map(({ id, started }) => `${id}${started ? '' : ' (not started)'}`).join(', ') || 'none'
    return {
      holds: replaced && healthy,
      observed: `etcd lists ${listed.length} members, on ${target.name} ${shown} after ${lostOf(context)}; it is ${healthy ? 'healthy' : 'not healthy'}`,
    }
  },
  healedWithinMs: 60_000,
  async holdsStill(context) {
    const running = (await etcdHosts(context)).some(({ name }) => name === context.target.name)
    return !running || !(await isHealthy(context, context.target.name))
  },
})
