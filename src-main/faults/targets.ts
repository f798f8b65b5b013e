import { DojoError, unknownHost } from '../contract/errors.js'
import type { LabHost, LabInfo } from '../contract/lab.js'
import type { FaultKind } from './fault.js'
import { hasMember } from './etcd-members.js'

export const targetRoles = ['leader', 'sync-standby', 'any-replica', 'witness', 'etcd-leader'] as const
export type TargetRole = (typeof targetRoles)[number]

/** Whether a target names a role rather than a host. */
export const isRole = (info: LabInfo, target: string): boolean =>
  (targetRoles as readonly string[]).includes(target) && !info.hosts.some(({ name }) => name === target)

/** Who is what now; asked only when a role was given. */
export interface Roles {
  leader: string | null
  standbys: readonly string[]
}
export interface RolesNow {
  /** By Patroni's keys. */
  cluster(): Promise<Roles>
  /** The host whose etcd member leads the others. Null: nobody does. */
  etcdLeader(): Promise<string | null>
}

const refused = (what: string, why: string): DojoError =>
  new DojoError('fault-refused', { what, why, next: 'Name a host instead, or wait until somebody has that role' })

/**
 * The host that a name or a role means.
 * @throws DojoError unknown-host with all hosts and roles; fault-refused when nobody has the role now
 */
export async function resolveTarget(
  info: LabInfo,
  kind: Pick<FaultKind, 'kind' | 'targets'>,
  target: string,
  roles: RolesNow,
): Promise<LabHost> {
  const host = info.hosts.find(({ name }) => name === target) ?? (await byRole(info, target, roles))
  if (kind.targets === 'data-host' && !isData(host)) {
    const data = info.hosts.filter(isData).map(({ name }) => name)
    throw new DojoError('fault-refused', {
      what: `Fault ${kind.kind} does not fit ${host.name}`,
      why: `it needs a host with PostgreSQL: ${data.join(', ')}`,
      next: 'Use one of these',
    })
  }
  return host
}

const isData = ({ services }: LabHost): boolean => services.includes('patroni')

async function byRole(info: LabInfo, target: string, roles: RolesNow): Promise<LabHost> {
  const named = (name: string): LabHost => {
    const found = info.hosts.find((host) => host.name === name)
    if (!found)
      throw unknownHost(
        name,
        info.hosts.map((host) => host.name),
      )
    return found
  }
  if (!(targetRoles as readonly string[]).includes(target)) {
    throw new DojoError('unknown-host', {
      what: `No host "${target}" in this lab`,
      why: `its hosts are ${info.hosts.map(({ name }) => name).join(', ')}, and the roles are ${targetRoles.join(', ')}`,
      next: 'Use one of these names',
    })
  }
  if (target === 'witness') {
    const witness = info.hosts.find((host) => hasMember(host) && !isData(host))
    if (!witness) throw refused('No witness to hit', 'every etcd member of this topology is on a data host')
    return witness
  }
  if (target === 'etcd-leader') {
    const member = await roles.etcdLeader()
    if (!member) throw refused('No etcd leader to hit', 'no member of etcd says that it leads now')
    return named(member)
  }
  const { leader, standbys } = await roles.cluster()
  if (target === 'leader') {
    if (!leader) throw refused('No leader to hit', 'nobody holds the leader key now')
    return named(leader)
  }
  if (target === 'sync-standby') {
    const [first] = standbys
    if (!first) throw refused('No synchronous standby to hit', 'the key `sync` names nobody now')
    return named(first)
  }
  const replica = info.hosts.filter(isData).find(({ name }) => name !== leader)
  if (!replica) throw refused('No replica to hit', 'the leader is the only data host')
  return replica
}
