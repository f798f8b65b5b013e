import type { Credentials } from '../contract/lab.js'
import { backupTypes, type BackupSchedule } from '../contract/backup.js'
import { whoLeads, type ServiceName, type Settings, type Topology } from '../contract/topology.js'
import { keepsBackups } from '../contract/repository.js'
import type { Disk } from '../docker/disks.js'
import type { Pki } from './pki.js'

/** Everything that a lab's configuration is rendered from. */
export interface LabPlan {
  lab: string
  /** Patroni's scope: keys live under /service/<scope>/. */
  scope: string
  topology: Topology
  settings: Settings
  /** A person's own dynamic configuration, on top of the settings. */
  dynamic?: Readonly<Record<string, unknown>>
  /** For example 10.77.4 */
  prefix: string
  credentials: Credentials
  pki: Pki
  /** SQL that is loaded at birth, where the topology names some. */
  load?: string
}

/** Name of pgBackRest's stanza, in every lab. */
export const stanza = 'main'
export const pgdata = '/var/lib/postgresql/17/main'
export const homeOfPostgres = '/var/lib/postgresql'
/** Where disks are mounted: one level above what PostgreSQL makes and removes, as a mount can't be removed. */
export const dataDisk = '/var/lib/postgresql/17'
export const walDisk = '/var/lib/postgresql/wal'
/** Where a host with a disk for it keeps WAL. */
export const waldir = `${walDisk}/main`
/** To pgBackRest where a host has that disk: a restore would put WAL into the data directory, in place of the link. */
export const linkWal = '--link-all'

export const hostsWith = ({ hosts }: Topology, service: ServiceName): string[] =>
  Object.entries(hosts)
    .filter(([, { services }]) => services.includes(service))
    .map(([host]) => host)

export const runs = ({ hosts }: Topology, host: string, service: ServiceName): boolean =>
  hosts[host]?.services.includes(service) ?? false

/** Absent for the main site. */
export const siteOf = ({ hosts }: Topology, host: string): string | undefined => hosts[host]?.site

/** Hosts with a service in the same site as another: those that share an etcd and a Patroni scope. */
export const siteMates = (topology: Topology, host: string, service: ServiceName): string[] =>
  hostsWith(topology, service).filter((other) => siteOf(topology, other) === siteOf(topology, host))

/** The Patroni scope of a host's site. */
export function scopeOf({ scope, topology }: Pick<LabPlan, 'scope' | 'topology'>, host: string): string {
  const site = siteOf(topology, host)
  return site === undefined ? scope : `${scope}-${site}`
}

/** The hosts that keep backups, each a repository of its own. */
export const repositoriesOf = (topology: Topology): string[] =>
  Object.keys(topology.hosts).filter((host) => keepsBackups(topology.hosts[host]!))

export const isRepository = (topology: Topology, host: string): boolean => repositoriesOf(topology).includes(host)

/** pgBackRest's number of a repository, `repo2-path`: the same on every host, as both ends of a connection read it. */
export const repositoryKey = (topology: Topology, host: string): number => repositoriesOf(topology).indexOf(host) + 1

/** To pgBackRest on a data host, for what it does with one repository; nothing where there is no choice. */
export const fromRepository = (topology: Topology, host: string): string =>
  repositoriesOf(topology).length > 1 ? `--repo=${repositoryKey(topology, host)} ` : ''

/** When cron makes which backups. */
export const schedulesOf = ({ backup }: Pick<Settings, 'backup'>): BackupSchedule[] =>
  backupTypes.flatMap((type) => {
    const at = backup[`${type}_at`]
    return at === undefined ? [] : [{ type, at }]
  })

/** Where cron runs base-backup: on a repository host it runs pgBackRest. */
export const baseBackupHosts = (topology: Topology): string[] =>
  hostsWith(topology, 'cron').filter((host) => runs(topology, host, 'patroni'))

/** Only this host may make the cluster, so that it is always the first leader: the first one that the topology names. */
export const firstLeaderOf = (topology: Topology): string =>
  hostsWith(topology, 'patroni').find((host) => siteOf(topology, host) === undefined)!

export const addressOf = ({ prefix, topology }: Pick<LabPlan, 'prefix' | 'topology'>, host: string): string =>
  `${prefix}.${topology.hosts[host]!.address}`

export const addressesOf = (plan: Pick<LabPlan, 'prefix' | 'topology'>): Record<string, string> =>
  Object.fromEntries(Object.keys(plan.topology.hosts).map((host) => [host, addressOf(plan, host)]))

/** What makes bare `psql` take the client's write route: the proxy, or the leader among all data hosts. */
export function libpqRoute(topology: Topology): Record<string, string> {
  const { host, port } = topology.client.readWrite
  if (host !== whoLeads) return { PGHOST: host, PGPORT: String(port) }
  return {
    PGHOST: hostsWith(topology, 'patroni').join(','),
    PGPORT: String(port),
    PGTARGETSESSIONATTRS: 'read-write',
    PGCONNECT_TIMEOUT: '2', // per host: one that is gone may not answer at all
  }
}

/** Hosts that a client can begin at: the route's own, or all, those first that go on when a data host is lost. */
export function clientHostsOf(topology: Topology): string[] {
  const { host } = topology.client.readWrite
  if (host !== whoLeads) return [host]
  const holdsData = (name: string): number => Number(runs(topology, name, 'patroni'))
  return Object.keys(topology.hosts).sort((a, b) => holdsData(a) - holdsData(b))
}

/** Whether every port of the lab speaks TLS alone. */
export const isTls = ({ settings }: Pick<LabPlan, 'settings'>): boolean => settings.security === 'tls'
export const schemeOf = (plan: Pick<LabPlan, 'settings'>): 'http' | 'https' => (isTls(plan) ? 'https' : 'http')

/** Client URLs of the etcd members, the host's own first. */
export const etcdEndpoints = (plan: Pick<LabPlan, 'settings' | 'topology'>, own: string): string[] =>
  siteMates(plan.topology, own, 'etcd')
    .sort((a, b) => Number(b === own) - Number(a === own))
    .map((host) => `${schemeOf(plan)}://${host}:2379`)

/**
 * Hosts in the order in which a boot should have them: the first leader and enough members for a quorum before the
 * rest, as electing and initdb take their time while the others start.
 */
export function bootOrder(topology: Topology): string[] {
  const rank = (host: string): number => {
    if (host === firstLeaderOf(topology)) return 0
    if (runs(topology, host, 'etcd')) return runs(topology, host, 'patroni') ? 2 : 1
    return runs(topology, host, 'patroni') ? 3 : runs(topology, host, 'haproxy') ? 4 : 5
  }
  return Object.keys(topology.hosts).sort((a, b) => rank(a) - rank(b))
}

export const bytesOf = (memory: string): number => {
  const [, amount = '0', unit = 'Mi'] = /^(\d+)(Mi|Gi)$/.exec(memory) ?? []
  return Number(amount) * (unit === 'Gi' ? 1024 ** 3 : 1024 ** 2)
}

/** The disks of their own that a host's PostgreSQL has. */
export function disksOf({ hosts }: Topology, host: string): Disk[] {
  const sized = { disk: { name: 'data', path: dataDisk }, walDisk: { name: 'wal', path: walDisk } } as const
  return (['disk', 'walDisk'] as const).flatMap((key) => {
    const size = hosts[host]?.[key]
    return size === undefined ? [] : [{ host, ...sized[key], bytes: bytesOf(size) }]
  })
}
