import { topologySpec } from '../../../src-main/contract/topology.js'
import type { ClusterState, HostView } from '../../../src-main/contract/cluster.js'
import type { LabInfo } from '../../../src-main/contract/lab.js'

const now = Date.now()
const part = <T>(value: T | null) => ({ value, at: now, stale: false })

const host = (name: string, fields: Partial<HostView>): HostView => ({
  name,
  role: 'none',
  timeline: null,
  note: '',
  engine: part({ container: 'running' as const, since: now - 1_000_000 }),
  ...fields,
})

/** 24 s after the crash of pg1: pg2 leads, alone. */
export const clusterAfterCrash = (): ClusterState => ({
  lab: 'pw-1',
  at: now,
  hosts: [
    host('pg1', {
      role: 'down',
      note: 'was leader on timeline 1',
      engine: part({ container: 'exited' as const, since: now - 24_000, how: 'killed' as const }),
      patroni: { value: null, at: null, stale: true, error: 'no answer' },
    }),
    host('pg2', {
      role: 'leader',
      timeline: 2,
      note: 'no standby attached',
      patroni: { value: null, at: now, stale: false },
    }),
    host('witness', { note: 'votes, holds no data' }),
    host('backup', { note: 'repository' }),
    host('proxy', { note: 'HAProxy' }),
  ],
  leader: 'pg2',
  dcs: part(null),
  etcd: part({
    members: [
      { name: 'pg1', answers: false, leader: false },
      { name: 'pg2', answers: true, leader: false, term: 2 },
      { name: 'witness', answers: true, leader: true, term: 2 },
    ],
    quorum: true,
  }),
  proxy: part(null),
  backup: part(null),
  probe: {
    running: true,
    startedAt: now - 700_000,
    writesPerSecond: 41,
    rate: 40,
    acknowledged: 28_000,
    failed: 12,
    unknown: 3,
    outages: [],
    lost: 0,
    verifiedAt: now,
  },
  faults: [
    {
      id: 'f1',
      kind: 'host-crash',
      target: 'pg1',
      options: {},
      state: 'active',
      appliedAt: now - 24_000,
      did: 'Killed the container of pg1.',
      effect: { holds: true, observed: 'the engine says exited, code 137' },
      by: 'learner',
    },
  ],
})

const spec = topologySpec.parse({
  topology: 'pair-witness',
  summary: 'Two data hosts, a witness that breaks ties, a backup repository, one address for clients',
  hosts: {
    pg1: {
      address: 11,
      services: ['etcd', 'patroni', 'pgbackrest'],
      at: [2, 0],
      about: 'Holds the data, and leads first',
    },
    pg2: {
      address: 12,
      services: ['etcd', 'patroni', 'pgbackrest'],
      at: [2, 1],
      about: 'Holds a copy, and takes over when pg1 fails',
    },
    witness: {
      address: 13,
      services: ['etcd'],
      at: [3, 0],
      about: 'Votes, so that one side of a split has a majority',
    },
    backup: { address: 14, services: ['pgbackrest'], at: [3, 1], about: 'Keeps backups and archived WAL' },
    proxy: { address: 15, services: ['haproxy'], at: [1, 0], about: 'Sends writes to whoever leads' },
  },
  settings: { patroni: { synchronous_mode: true } },
  client: { readWrite: { host: 'proxy', port: 5000 } },
  healthy: { standbys: { streaming: 1, synchronous: 1 } },
})

export const labInfo = (): LabInfo => ({
  lab: 'pw-1',
  topology: 'pair-witness',
  state: 'healthy',
  createdAt: now - 1_000_000,
  seconds: { total: 6.8 },
  hosts: Object.entries(spec.hosts).map(([name, each]) => ({
    name,
    address: `10.77.0.${each.address}`,
    services: each.services,
    endpoints: {},
    at: each.at,
  })),
  client: { readWrite: { host: '127.0.0.1', port: 32801 }, readOnly: { host: '127.0.0.1', port: 32802 } },
  credentials: '~/.pg-ha-dojo/labs/pw-1/credentials.json',
  settings: spec.settings,
  spec,
  scope: 'main',
  image: 'pg-ha-dojo/host:3f',
})
