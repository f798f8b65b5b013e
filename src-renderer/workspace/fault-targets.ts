import type { ClusterState } from '../../src-main/contract/cluster.js'
import type { FaultKindInfo } from '../../src-main/contract/fault.js'

/** A target by name, or by a role that is resolved when the fault is injected. */
export interface FaultTargetChoice {
  target: string
  /** "pg1", "the leader": as a button says it. */
  words: string
  /** Who has the role now; null for a host, and where nobody knows. */
  now: string | null
}

const dataRoles = ['leader', 'sync-standby', 'any-replica'] as const
const allRoles = [...dataRoles, 'witness', 'etcd-leader'] as const
const roleWords: Record<(typeof allRoles)[number], string> = {
  leader: 'the leader',
  'sync-standby': 'the synchronous standby',
  'any-replica': 'a replica',
  witness: 'the witness',
  'etcd-leader': 'etcd’s leader',
}

const nowOf = (cluster: ClusterState | null, role: (typeof allRoles)[number]): string | null => {
  const hosts = cluster?.hosts ?? []
  if (role === 'leader') return cluster?.leader ?? null
  if (role === 'sync-standby') return hosts.find((host) => host.role === 'sync')?.name ?? null
  if (role === 'etcd-leader') return cluster?.etcd.value?.members.find(({ leader }) => leader)?.name ?? null
  return role === 'any-replica'
    ? hosts.flatMap((host) => (host.role === 'sync' || host.role === 'replica' ? [host.name] : [])).join(' or ') || null
    : null
}

/** Hosts that a kind fits, then roles. A host of a role's name is meant where both would be. */
export function targetsFor(
  kind: Pick<FaultKindInfo, 'targets'> | undefined,
  hosts: readonly string[],
  dataHosts: readonly string[],
  cluster: ClusterState | null,
): { hosts: FaultTargetChoice[]; roles: FaultTargetChoice[] } {
  const onData = kind?.targets === 'data-host'
  const names = onData ? dataHosts : hosts
  const roles = (onData ? dataRoles : allRoles).filter((role) => !hosts.includes(role))
  return {
    hosts: names.map((name) => ({ target: name, words: name, now: null })),
    roles: roles.map((role) => ({ target: role, words: roleWords[role], now: nowOf(cluster, role) })),
  }
}
