import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import type { EndpointKey } from '../contract/lab.js'
import type { ServiceName, Topology } from '../contract/topology.js'
import { DojoError } from '../contract/errors.js'

/** What a service offers to this machine: the port inside the host, and what `--ports fixed` gives the first of them. */
interface Offer {
  key: EndpointKey
  inside: number
  fixed: number
  /** Distance of the next host's fixed port. */
  step: number
}

const offers: Record<ServiceName, readonly Offer[]> = {
  etcd: [{ key: 'etcd', inside: 2379, fixed: 2379, step: 100 }],
  patroni: [
    { key: 'patroni', inside: 8008, fixed: 8008, step: 1 },
    { key: 'postgres', inside: 5432, fixed: 5432, step: 1 },
  ],
  haproxy: [
    { key: 'proxyWrite', inside: 5000, fixed: 5000, step: 10 },
    { key: 'proxyRead', inside: 5001, fixed: 5001, step: 10 },
    { key: 'proxyStats', inside: 7000, fixed: 7000, step: 10 },
  ],
  pgbouncer: [{ key: 'pgbouncer', inside: 6432, fixed: 6432, step: 1 }],
  pgbackrest: [],
  cron: [],
  'postgres-exporter': [],
  prometheus: [{ key: 'prometheus', inside: 9090, fixed: 9090, step: 1 }],
}

/** Below 32768, where systems hand out ports for outgoing connections: ours must survive a host's restart. */
const lowest = 20_000
const highest = 32_000

export interface PublishedPort {
  host: string
  key: EndpointKey
  inside: number
  port: number
}

/**
 * Ports on 127.0.0.1 for everything that the topology's services offer. We choose them, and not the engine, because the
 * engine would choose others whenever a host is started again.
 * @throws DojoError port-taken, naming every port, when well-known ones were asked for and are taken
 */
export async function choosePorts(
  topology: Topology,
  mode: 'random' | 'fixed',
  reserved: ReadonlySet<number> = new Set(),
): Promise<PublishedPort[]> {
  const wanted = offersOf(topology)
  if (mode === 'random') return chooseRandom(wanted, reserved)
  const ports = wanted.map(({ fixed, ...rest }) => ({ ...rest, port: fixed }))
  const free = await Promise.all(ports.map(({ port }) => isFree(port)))
  const taken = ports.filter((_, i) => !free[i])
  if (taken.length === 0) return ports
  const list = taken.map(({ port, host, key }) => `${port} (${key} of ${host})`).join(', ')
  throw new DojoError('port-taken', {
    what: `Well-known ports are taken on 127.0.0.1: ${list}`,
    why: 'another program listens there, or another lab has fixed ports',
    next: `Stop it (\`ss -ltnp sport = :${taken[0]!.port}\` names it), or leave out \`--ports fixed\``,
  })
}

type Wanted = Omit<PublishedPort, 'port'> & { fixed: number }

export function offersOf({ hosts, fixedPorts = {} }: Pick<Topology, 'hosts' | 'fixedPorts'>): Wanted[] {
  const counted = new Map<EndpointKey, number>()
  return Object.entries(hosts).flatMap(([host, { services, site }]) =>
    services.flatMap((service) =>
      // who leads is asked of the main site alone
      offers[service]
        .filter(({ key }) => site === undefined || key !== 'etcd')
        .map(({ key, inside, fixed, step }) => {
          const nth = counted.get(key) ?? 0
          counted.set(key, nth + 1)
          return { host, key, inside, fixed: (fixedPorts[key] ?? fixed) + nth * step }
        }),
    ),
  )
}

async function chooseRandom(wanted: readonly Wanted[], reserved: ReadonlySet<number>): Promise<PublishedPort[]> {
  const chosen: PublishedPort[] = []
  let port = randomInt(lowest, highest)
  for (const { fixed: _, ...rest } of wanted) {
    for (let tries = 0; reserved.has(port) || !(await isFree(port)); tries++) {
      if (tries > highest - lowest) throw new Error(`no free port between ${lowest} and ${highest}`)
      port = next(port)
    }
    chosen.push({ ...rest, port })
    port = next(port)
  }
  return chosen
}

const next = (port: number): number => (port + 1 < highest ? port + 1 : lowest)

/** Whether nobody listens on the port of the loopback interface, or of all interfaces. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
