import type { BootPhaseView, BootProgress } from '../../../src-main/contract/lab.js'

type Row = [
  BootPhaseView['phase'],
  string,
  string,
  BootPhaseView['state'],
  number | undefined,
  number | undefined,
  number,
  number,
]

const rows: Row[] = [
  ['containers', 'containers', 'Five hosts start at once, each with an address of its own.', 'done', 0, 900, 0, 900],
  [
    'etcd',
    'etcd quorum',
    'Three members agree on one leader. Patroni keeps its leader key there.',
    'done',
    900,
    2300,
    900,
    2200,
  ],
  [
    'leader',
    'bootstrap pg1',
    'Patroni takes the leader key and initialises PostgreSQL.',
    'done',
    2300,
    4900,
    2200,
    4900,
  ],
  [
    'standby',
    'clone pg2',
    'Patroni on pg2 takes a base backup of pg1, then streams the WAL written meanwhile. When pg1 fails, pg2 is the one that takes over.',
    'running',
    4900,
    undefined,
    4900,
    6000,
  ],
  [
    'proxy',
    'proxy',
    'HAProxy asks each host’s Patroni who is primary, twice a second. Clients know only its address.',
    'waiting',
    undefined,
    undefined,
    6000,
    6400,
  ],
  [
    'write',
    'first write',
    'A write through the proxy commits: only that makes the lab healthy.',
    'waiting',
    undefined,
    undefined,
    6600,
    6800,
  ],
]

const services = (names: string[], state: 'absent' | 'starting' | 'up', detail: string) =>
  names.map((service) => ({ service, state, detail }))

export const bootAt = (): BootProgress => ({
  lab: 'pw-1',
  topology: 'pair-witness',
  startedAt: Date.now() - 5_700,
  elapsedMs: 5_700,
  usualMs: 7_000,
  state: 'booting',
  phases: rows.map(([phase, title, about, state, startedMs, endedMs, from, to]) => ({
    phase,
    title,
    about,
    state,
    ...(startedMs !== undefined && { startedMs }),
    ...(endedMs !== undefined && { endedMs }),
    lastBootMs: [from, to] as [number, number],
    ...(state === 'running' && { detail: 'creating replica' }),
  })),
  hosts: [
    {
      name: 'pg1',
      container: 'running',
      services: [
        ...services(['etcd'], 'up', 'follower, term 2'),
        ...services(['patroni'], 'up', 'holds the leader key'),
        ...services(['pgbackrest'], 'up', 'TLS server, port 8432'),
      ],
    },
    {
      name: 'pg2',
      container: 'running',
      services: [
        ...services(['etcd'], 'up', 'follower, term 2'),
        ...services(['patroni'], 'starting', 'creating the replica'),
        ...services(['pgbackrest'], 'up', 'TLS server, port 8432'),
      ],
    },
    { name: 'witness', container: 'running', services: services(['etcd'], 'up', 'leader, term 2') },
    { name: 'backup', container: 'running', services: services(['pgbackrest'], 'starting', 'stanza: last') },
    { name: 'proxy', container: 'created', services: services(['haproxy'], 'absent', 'after pg2') },
  ],
  log: [
    { atMs: 1100, host: 'witness', service: 'etcd', line: 'ready to serve client requests' },
    { atMs: 2300, host: 'pg2', service: 'etcd', line: 'established TCP streaming connection with remote peer' },
    { atMs: 4600, host: 'pg1', service: 'patroni', line: 'initialized a new cluster' },
    { atMs: 4900, host: 'pg1', service: 'patroni', line: 'no action. I am (pg1), the leader with the lock' },
    { atMs: 4900, host: 'pg2', service: 'patroni', line: "trying to bootstrap from leader 'pg1'" },
  ],
})

export const bootFailed = (): BootProgress => {
  const boot = bootAt()
  return {
    ...boot,
    state: 'failed',
    elapsedMs: 94_900,
    phases: boot.phases.map((phase) =>
      phase.phase === 'standby' ? { ...phase, state: 'failed', endedMs: 94_900 } : phase,
    ),
    hosts: boot.hosts.map((host) =>
      host.name === 'pg2'
        ? {
            ...host,
            services: host.services.map((each) =>
              each.service === 'patroni' ? { ...each, state: 'failed' as const, detail: 'no base backup' } : each,
            ),
          }
        : host,
    ),
    error: {
      code: 'lab-unhealthy',
      what: 'The lab did not get healthy in 90 s',
      why: 'phase clone pg2: pg_stat_replication shows 0 of 1 standbys; pg2’s Patroni says "bootstrap from leader failed"',
      next: 'Read the last lines of pg2’s log below, then try again',
    },
  }
}
