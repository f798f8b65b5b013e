import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EndpointKey, Endpoint } from '../contract/lab.js'
import type { Topology } from '../contract/topology.js'
import type { HostUser } from '../docker/archive.js'
import { writeFileAtomic } from '../util/atomic-file.js'
import { issue, makePki, type KeyPair, type Pki, type Subject } from './pki.js'
import { addressOf, hostsWith, runs, type LabPlan } from './plan.js'

/** Who serves with a certificate of its own when `security` is tls. Postgres is on Patroni's hosts. */
export const securedServices = [
  'etcd',
  'patroni',
  'postgres',
  'haproxy',
  'pgbouncer',
  'postgres-exporter',
  'prometheus',
] as const
export type SecuredService = (typeof securedServices)[number]

/** Where a host keeps whom it believes, and what it proves itself with as a client. */
export const hostTls = {
  folder: '/etc/ssl/lab',
  ca: '/etc/ssl/lab/ca.crt',
  cert: '/etc/ssl/lab/client.crt',
  key: '/etc/ssl/lab/client.key',
} as const

const folderOf: Record<SecuredService, { folder: string; owner: HostUser }> = {
  etcd: { folder: '/etc/etcd/tls', owner: 'etcd' },
  patroni: { folder: '/etc/patroni/tls', owner: 'postgres' },
  postgres: { folder: '/etc/postgresql/tls', owner: 'postgres' },
  haproxy: { folder: '/etc/haproxy/tls', owner: 'haproxy' },
  pgbouncer: { folder: '/etc/pgbouncer/tls', owner: 'postgres' },
  'postgres-exporter': { folder: '/etc/postgres-exporter/tls', owner: 'postgres' },
  prometheus: { folder: '/etc/prometheus/tls', owner: 'prometheus' },
}

/** The files of a service's own certificate, the same on every host. */
export function serverTls(service: SecuredService): { cert: string; key: string; owner: HostUser } {
  const { folder, owner } = folderOf[service]
  return { cert: `${folder}/server.crt`, key: `${folder}/server.key`, owner }
}

export const securedOn = (topology: Topology, host: string): SecuredService[] =>
  securedServices.filter((service) => runs(topology, host, service === 'postgres' ? 'patroni' : service))

/**
 * Who a service's certificate is for. PostgreSQL's is good for the proxies as well: they pass a client's TLS on to it
 * untouched, and the client knows none but them.
 */
export function subjectOf(plan: Pick<LabPlan, 'prefix' | 'topology'>, host: string, service: SecuredService): Subject {
  const { topology } = plan
  const proxies = service === 'postgres' ? hostsWith(topology, 'haproxy').filter((proxy) => proxy !== host) : []
  const named = [host, ...proxies]
  const reachedAt = [...named, 'localhost', ...named.map((name) => addressOf(plan, name)), '127.0.0.1']
  return { name: host, reachedAt }
}

/** All certificates of a lab: pgBackRest's always, and everybody's when `security` is tls. */
export function makeLabPki(plan: Omit<LabPlan, 'pki'>, authority: KeyPair): Pki {
  const { topology, settings } = plan
  const hosts = Object.keys(topology.hosts)
  const pki = makePki(hosts, authority)
  if (settings.security === 'plain') return pki
  const serversOf = (host: string) =>
    Object.fromEntries(
      securedOn(topology, host).map((service) => [service, issue(authority, subjectOf(plan, host, service))]),
    )
  const everything = hosts.map(
    (host) => [host, { client: clientOf(authority, host), servers: serversOf(host) }] as const,
  )
  return { ...pki, everything: Object.fromEntries(everything) }
}

/** Without a name to be reached at: etcd turns away whoever comes from another address than the names in its certificate. */
const clientOf = (authority: KeyPair, name: string): KeyPair => issue(authority, { name, reachedAt: [] })

const inLab = (dir: string, file: string): string => join(dir, 'tls', file)

/** How this machine speaks TLS to an endpoint of a host. Undefined: the endpoint knows no TLS. */
export function endpointTls(dir: string, host: string, key: EndpointKey): Endpoint['tls'] {
  const server = { ca: inLab(dir, 'ca.crt'), name: host }
  switch (key) {
    case 'etcd':
    case 'patroni':
    case 'proxyStats':
    case 'prometheus':
      return { ...server, cert: inLab(dir, 'client.crt'), key: inLab(dir, 'client.key') }
    case 'postgres':
    case 'proxyWrite':
    case 'proxyRead':
    case 'pgbouncer':
      return server
  }
}

/** Keeps the authority, for certificates to come, and what this machine proves itself with, in the lab's folder. */
export async function keepAuthority(dir: string, authority: KeyPair): Promise<void> {
  const { cert, key } = clientOf(authority, 'pg-ha-dojo')
  await Promise.all([
    writeFileAtomic(inLab(dir, 'ca.crt'), authority.cert, 0o644),
    writeFileAtomic(inLab(dir, 'ca.key'), authority.key, 0o600),
    writeFileAtomic(inLab(dir, 'client.crt'), cert, 0o644),
    writeFileAtomic(inLab(dir, 'client.key'), key, 0o600),
  ])
}

/** The authority of a lab whose `security` is tls. */
export async function readAuthority(dir: string): Promise<KeyPair> {
  const read = (file: string): Promise<string> => readFile(inLab(dir, file), 'utf8')
  return { cert: await read('ca.crt'), key: await read('ca.key') }
}
