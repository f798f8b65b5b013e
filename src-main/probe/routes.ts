import { DojoError } from '../contract/errors.js'
import type { Endpoint, LabInfo, WriteEndpoint } from '../contract/lab.js'
import type { ProbeRoute } from '../contract/probe.js'

export interface RouteTarget {
  /** Who is asked, for messages. */
  host: string
  endpoint: Endpoint
}

/** Where a client's connections go: the targets are tried in their order, and the first that will do is kept. */
export interface Route {
  name: ProbeRoute
  targets: readonly RouteTarget[]
  /** As libpq's target_session_attrs=read-write: a server that takes no writes will not do. */
  readWrite: boolean
  does: 'write' | 'read'
}

/** @throws DojoError usage, when the topology does not have this route */
export function routeOf({ topology, hosts, client }: LabInfo, name: ProbeRoute): Route {
  const having = (key: 'postgres' | 'pgbouncer'): RouteTarget[] =>
    hosts.flatMap(({ name: host, endpoints }) => (endpoints[key] ? [{ host, endpoint: endpoints[key] }] : []))
  const behind = (endpoint: Endpoint | undefined): RouteTarget[] =>
    endpoint ? [{ host: `the ${name} route`, endpoint }] : []
  const main = (first: WriteEndpoint): RouteTarget[] => (first.others ? having('postgres') : behind(first))
  const route = {
    proxy: { targets: main(client.readWrite), readWrite: client.readWrite.others !== undefined, does: 'write' },
    pgbouncer: { targets: having('pgbouncer').slice(0, 1), readWrite: false, does: 'write' },
    direct: { targets: having('postgres'), readWrite: true, does: 'write' },
    read: { targets: behind(client.readOnly), readWrite: false, does: 'read' },
  } satisfies Record<ProbeRoute, Omit<Route, 'name'>>
  if (route[name].targets.length > 0) return { name, ...(route[name] as Omit<Route, 'name'>) }
  throw new DojoError('usage', {
    what: `This lab has no route "${name}"`,
    why: `the topology ${topology} declares ${name === 'read' ? 'no readOnly route for clients' : `no host with ${name}`}`,
    next: 'Use the route proxy or direct',
  })
}
