import { whoLeads, type Topology } from '../../contract/topology.js'
import { offersOf } from '../ports.js'
import type { ExportSource } from './index.js'

/** Addresses for clients on this machine: the proxy's, the pool's, Prometheus's, and without a proxy the databases'. */
export function published(topology: Topology) {
  const inside = new Set([5000, 5001, 7000, 6432, 9090, topology.client.readWrite.port])
  return offersOf(topology)
    .filter((offer) => inside.has(offer.inside))
    .map(({ host, inside: port, fixed }) => ({
      host,
      inside: port,
      fixed,
      variable: `PORT_${host}_${port}`.toUpperCase().replaceAll(/\W/g, '_'),
    }))
}

/** Where clients write, with the ports of .env: one address, or every data host's where nobody stands in front. */
export function clientsOf({ plan: { topology, credentials } }: ExportSource): string {
  const { host, port } = topology.client.readWrite
  const { username, database } = credentials.app
  const ports = published(topology).filter((it) => it.inside === port && (host === whoLeads || it.host === host))
  const alike = ports.map(() => '127.0.0.1').join(',')
  const numbers = ports.map(({ fixed }) => fixed).join(',')
  if (host !== whoLeads)
    return `Clients write to ${alike}:${numbers} as \`${username}\`, database \`${database}\`; the password is in
secrets/passwords/app.`
  return `Clients know every data host, and take the one that accepts writes; the password is in secrets/passwords/app:

    psql "host=${alike} port=${numbers} user=${username} dbname=${database} target_session_attrs=read-write"
`
}
