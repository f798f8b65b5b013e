import { topologySpec, type Topology } from '../../../src-main/contract/topology.js'
import { makeLabPki } from '../../../src-main/lab/certificates.js'
import { makeAuthority } from '../../../src-main/lab/pki.js'
import type { LabPlan } from '../../../src-main/lab/plan.js'

/** A small topology; `hosts` replaces its hosts. */
export const topologyOf = (hosts?: Record<string, unknown>, rest: Record<string, unknown> = {}): Topology =>
  topologySpec.parse({
    topology: 'pair',
    summary: 'for tests',
    hosts: hosts ?? {
      pg1: { address: 11, at: [0, 0], services: ['etcd', 'patroni', 'pgbackrest'] },
      pg2: { address: 12, at: [0, 1], services: ['etcd', 'patroni', 'pgbackrest'] },
      witness: { address: 13, at: [1, 0], services: ['etcd'] },
      backup: { address: 14, at: [2, 0], services: ['pgbackrest'] },
      proxy: { address: 15, at: [3, 0], services: ['haproxy'] },
    },
    client: { readWrite: { host: 'proxy', port: 5000 }, readOnly: { host: 'proxy', port: 5001 } },
    healthy: { standbys: { streaming: 1, synchronous: 1 } },
    ...rest,
  })

/** The same with two hosts that keep backups. */
export const twoRepositories = (rest: Record<string, unknown> = {}): Topology => {
  const { backup, ...others } = topologyOf().hosts
  return topologyOf({ ...others, backup1: backup, backup2: { ...backup, address: 16, at: [2, 1] } }, rest)
}

export function planOf(topology: Topology = topologyOf()): LabPlan {
  const user = (username: string) => ({ username, password: `secret-of-${username}` })
  return {
    lab: 'test-1',
    scope: topology.topology,
    topology,
    settings: topology.settings,
    prefix: '10.77.9',
    credentials: {
      superuser: user('postgres'),
      replication: user('replicator'),
      rewind: user('rewinder'),
      app: { ...user('app'), database: 'app' },
      patroniRest: user('patroni'),
    },
    pki: {
      ca: 'CA',
      hosts: Object.fromEntries(Object.keys(topology.hosts).map((h) => [h, { cert: `cert ${h}`, key: `key ${h}` }])),
    },
  }
}

/** The same with TLS, and certificates that are real. */
export function securedPlanOf(topology: Topology = topologyOf()): LabPlan {
  const plan = planOf(topology)
  const settings = { ...plan.settings, security: 'tls' as const }
  const secured = { ...plan, settings }
  return { ...secured, pki: makeLabPki(secured, makeAuthority()) }
}
