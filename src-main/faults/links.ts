import type { LabHost } from '../contract/lab.js'
import type { ServiceName } from '../contract/topology.js'
import { unknownHost } from '../contract/errors.js'
import type { FaultTarget } from './fault.js'

/** Ports on which services listen inside the lab, the ones that peers use first. */
const listening: Record<Exclude<ServiceName, 'cron'> | 'postgres', readonly number[]> = {
  etcd: [2379, 2380],
  patroni: [8008],
  postgres: [5432],
  pgbackrest: [8432],
  haproxy: [5000, 5001, 7000],
  pgbouncer: [6432],
  'postgres-exporter': [9187],
  prometheus: [9090],
}

/** What a link between hosts carries, by the service at either end: postgres is Patroni's host, on its own port. */
export const linkServices = Object.keys(listening) as [keyof typeof listening, ...(keyof typeof listening)[]]
export type LinkService = (typeof linkServices)[number]

export const portsOf = (services: readonly LinkService[]): number[] => services.flatMap((name) => listening[name])

/** Hosts of the lab by name. @throws DojoError unknown-host */
export function hostsNamed({ hosts }: Pick<FaultTarget, 'hosts'>, names: readonly string[]): LabHost[] {
  return names.map((name) => {
    const found = hosts.find((host) => host.name === name)
    if (!found)
      throw unknownHost(
        name,
        hosts.map((host) => host.name),
      )
    return found
  })
}

/** A connection that can be tried: to a port that a service of the host listens on. */
export interface Link {
  from: string
  to: string
  address: string
  port: number
}

/** Links from one host to others, one for each service there: all of them, or those asked for. */
export function linksBetween(from: LabHost, to: readonly LabHost[], services: readonly LinkService[]): Link[] {
  const wanted = services.length > 0 ? services : linkServices
  return to.flatMap(({ name, address, services: own }) =>
    wanted
      .filter((service) => own.includes(service === 'postgres' ? 'patroni' : service))
      .map((service) => ({ from: from.name, to: name, address, port: listening[service][0]! })),
  )
}

const connectS = 1

/** Which of these links take a connection now: tried in the hosts they come from, all at once, 1 s each. */
export async function connecting({ execOn }: Pick<FaultTarget, 'execOn'>, links: readonly Link[]): Promise<Link[]> {
  const senders = [...new Set(links.map(({ from }) => from))]
  const tried = senders.map(async (host) => {
    const own = links.filter(({ from }) => from === host)
    const tries = own.map(
      ({ address, port }, n) =>
        `(timeout ${connectS} bash -c ': < /dev/tcp/${address}/${port}' 2>/dev/null && echo ${n}) &`,
    )
    const { stdout } = await execOn(host, ['bash', '-c', `${tries.join('\n')}\nwait`], { timeoutMs: 5_000 })
    const worked = new Set(stdout.split('\n').filter(Boolean).map(Number))
    return own.filter((_, n) => worked.has(n))
  })
  return (await Promise.all(tried)).flat()
}
