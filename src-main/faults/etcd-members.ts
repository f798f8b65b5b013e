import type { LabHost } from '../contract/lab.js'
import type { FaultTarget } from './fault.js'

type Reach = Pick<FaultTarget, 'hosts' | 'execOn' | 'stateOf'>

export interface Member {
  /** Hexadecimal, as etcdctl prints it. */
  id: string
  /** Empty until a member that was added has started. */
  name: string
  started: boolean
  peerUrl: string
}

/** What etcd of this lab speaks, to clients and to peers. */
const schemeOf = ({ hosts }: Pick<Reach, 'hosts'>): string =>
  hosts.some(({ endpoints }) => endpoints.etcd?.tls) ? 'https' : 'http'
export const clientUrl = (lab: Pick<Reach, 'hosts'>, host: string): string => `${schemeOf(lab)}://${host}:2379`
export const peerUrl = (lab: Pick<Reach, 'hosts'>, host: string): string => `${schemeOf(lab)}://${host}:2380`
export const dataDirectory = '/var/lib/etcd/data'
export const majorityOf = (members: number): number => Math.floor(members / 2) + 1

/** `etcdctl member list`, a line each: `8e9e05c52164694d, started, pg1, http://pg1:2380, http://pg1:2379, false`. */
export const parseMembers = (listed: string): Member[] =>
  listed
    .split('\n')
    .filter((line) => line.includes(', '))
    .map((line) => {
      const [id = '', state, name = '', url = ''] = line.split(',').map((field) => field.trim())
      return { id, name, started: state === 'started', peerUrl: url }
    })

/** A member of the etcd that says who leads; another site's is no part of it. */
export const hasMember = ({ services, site }: Pick<LabHost, 'services' | 'site'>): boolean =>
  services.includes('etcd') && site === undefined

/** Hosts with a member of etcd that run now: only they can be asked anything. */
export async function etcdHosts({ hosts, stateOf }: Reach): Promise<LabHost[]> {
  const members = hosts.filter(hasMember)
  const states = await Promise.all(members.map(({ name }) => stateOf(name)))
  return members.filter((_, n) => states[n]!.container === 'running')
}

const answerS = 2
/** In the environment, because etcdctl refuses a flag for what a host's environment sets already. */
const askedAt = (lab: Reach, host: string) => ({
  env: { ETCDCTL_ENDPOINTS: clientUrl(lab, host) },
  timeoutMs: 10_000,
})

/**
 * Whether the member on a host answers a read that needs a quorum: asked on that host, so that no cut network between
 * others has a say in it.
 */
export async function isHealthy(lab: Reach, host: string): Promise<boolean> {
  const argv = ['etcdctl', 'endpoint', 'health', `--command-timeout=${answerS}s`]
  return (await lab.execOn(host, argv, askedAt(lab, host))).code === 0
}

/** Names of those hosts whose members are healthy. */
export async function healthyHosts(context: Reach): Promise<string[]> {
  const names = (await etcdHosts(context)).map(({ name }) => name)
  const healthy = await Promise.all(names.map((name) => isHealthy(context, name)))
  return names.filter((_, n) => healthy[n])
}

/** etcd's own list of its members, as a healthy member has it. */
export async function membersSeenBy(lab: Reach, host: string): Promise<Member[]> {
  const argv = ['etcdctl', 'member', 'list', `--command-timeout=${answerS}s`]
  const { code, stdout, stderr } = await lab.execOn(host, argv, askedAt(lab, host))
  if (code !== 0) throw new Error(`etcd on ${host} lists no members: ${stderr.trim().split('\n').at(-1)}`)
  return parseMembers(stdout)
}

/** A refusal's words when not every member of etcd is healthy; null when all are. */
export async function whyNotAllHealthy(context: Reach): Promise<string | null> {
  const all = context.hosts.filter(hasMember).map(({ name }) => name)
  const healthy = await healthyHosts(context)
  const ill = all.filter((name) => !healthy.includes(name))
  return ill.length === 0 ? null : `etcd does not serve on ${ill.join(', ')} now: all ${all.length} members have to`
}
