import type { ServiceName, Topology } from '../../contract/topology.js'
import type { HostFile } from '../../docker/archive.js'
import { baseBackupHosts, isRepository, runs } from '../plan.js'
import { scriptOfImage } from './files.js'

/** What each service needs from Debian's archive; the host image installs the same. */
const packages: Record<ServiceName, readonly string[]> = {
  etcd: ['etcd-server', 'etcd-client'],
  patroni: ['postgresql-17', 'patroni', 'python3-etcd', 'etcd-client', 'curl'],
  pgbackrest: ['pgbackrest'],
  haproxy: ['haproxy'],
  pgbouncer: ['pgbouncer'],
  cron: ['cron', 'curl', 'sudo'], // sudo: restore-cluster stops and starts Patroni
  'postgres-exporter': ['prometheus-postgres-exporter'],
  prometheus: ['prometheus'],
}
/** A repository host changes the cluster's configuration, as soon as it can take what is archived. */
const forFirstBackup = ['patroni', 'python3-etcd', 'postgresql-client-17', 'jq']

export const packagesOf = (topology: Topology, host: string): string[] => [
  'procps',
  ...new Set([
    ...topology.hosts[host]!.services.flatMap((service) => packages[service]),
    ...(isRepository(topology, host) ? forFirstBackup : []),
  ]),
]

/** Whether the user postgres exists there: the packages of these make it. */
const hasPostgres = (topology: Topology, host: string): boolean =>
  (['patroni', 'pgbackrest', 'pgbouncer'] as const).some((service) => runs(topology, host, service))

/** A host that has neither PostgreSQL nor its tools needs no files for them. */
export const isFor = (topology: Topology, host: string, { owner }: HostFile): boolean =>
  owner !== 'postgres' || hasPostgres(topology, host)

interface Folder {
  path: string
  owner: string
  mode: string
}

export function foldersOf(topology: Topology, host: string): Folder[] {
  const own = (path: string, owner: string, mode = '0755'): Folder => ({ path, owner, mode })
  const of: Partial<Record<ServiceName, Folder[]>> = {
    etcd: [own('/etc/etcd', 'root'), own('/var/lib/etcd', 'etcd', '0700')],
    pgbackrest: [
      own('/etc/pgbackrest', 'postgres'),
      own('/etc/pgbackrest/tls', 'postgres'),
      own('/var/lib/pgbackrest', 'postgres', '0750'),
      own('/var/log/pgbackrest', 'postgres'),
      own('/var/spool/pgbackrest', 'postgres', '0750'),
    ],
    patroni: [own('/var/log/postgresql', 'postgres')],
    haproxy: [own('/etc/haproxy', 'root')],
    pgbouncer: [own('/etc/pgbouncer', 'postgres')],
    cron: [own('/var/log/cron', 'postgres')],
  }
  return [
    ...(hasPostgres(topology, host) ? [own('/etc/patroni', 'postgres'), own('/var/lib/postgresql', 'postgres')] : []),
    own('/usr/local/lib/dojo', 'root'),
    ...(isRepository(topology, host) ? [own('/run/dojo', 'postgres')] : []),
    ...(baseBackupHosts(topology).includes(host) ? [own('/var/backups/postgresql', 'postgres', '0700')] : []),
    ...topology.hosts[host]!.services.flatMap((service) => of[service] ?? []),
  ]
}

/** What cron runs on a repository host. */
export const scheduledBackup = '/usr/local/bin/scheduled-backup'

/** What archives WAL, takes base backups, and restores one beside the cluster or under it. */
export const cronScripts = [
  '/usr/local/bin/archive-wal',
  '/usr/local/bin/restore-wal',
  '/usr/local/bin/base-backup',
  '/usr/local/bin/restore-standalone',
  '/usr/local/bin/restore-cluster',
  '/usr/local/bin/wal-drops',
  '/usr/local/lib/dojo/restore',
]
/** How they reach Patroni on a host of a lab. A playbook has one for each way in which a machine runs its services. */
export const patroniHere = '/usr/local/lib/dojo/patroni-here'

/** Scripts of the host image that a host needs as well. */
export const scriptsOf = (topology: Topology, host: string): string[] =>
  [
    ...(runs(topology, host, 'patroni') ? ['/usr/local/lib/dojo/post-bootstrap', '/usr/local/bin/cluster-health'] : []),
    ...(isRepository(topology, host) ? ['/usr/local/lib/dojo/first-backup'] : []),
    ...(isRepository(topology, host) && runs(topology, host, 'cron') ? [scheduledBackup] : []),
    ...(baseBackupHosts(topology).includes(host) ? cronScripts : []),
  ].filter((path) => scriptOfImage(path).length > 0)
