import { mkdir } from 'node:fs/promises'
import { upOptions, type Credentials, type LabInfo, type UpOptions } from '../contract/lab.js'
import type { Topology } from '../contract/topology.js'
import { readPatroniFile, withoutSet, withPatroni } from './patroni-file.js'
import { addressOf } from './plan.js'
import { choosePorts, type PublishedPort } from './ports.js'
import { withSettings } from './settings.js'
import { credentialsFile, labDir, readLabs, reserveAnyName, reserveName, writeLab, type Home } from './store.js'
import { loadTopology } from './topology-file.js'
import { makeCredentials, writeCredentials } from './credentials.js'

const loopback = '127.0.0.1'
/** Stands for 10.77.N until the engine has given the lab a network. */
const noPrefix = '0.0.0'

export interface Prepared {
  info: LabInfo
  credentials: Credentials
  ports: PublishedPort[]
}

/**
 * Everything that can be known, and refused, before the engine is asked for anything: topology, settings, ports, name.
 * Writes the lab's folder last, so that whatever is refused leaves nothing.
 */
export async function prepareLab(home: Home, input: UpOptions, image: string): Promise<Prepared> {
  const options = upOptions.parse(input)
  const topology = await loadTopology(options.topology)
  const own = options.patroni ? readPatroniFile(options.patroni, topology) : null
  const spec = withSettings(own ? withPatroni(topology, own) : topology, options.set)
  const ports = await choosePorts(spec, options.ports, await portsOf(home))
  const hosts = hostsOf(spec, ports, noPrefix)
  const client = clientOf(spec, ports)
  await mkdir(labDir(home, ''), { recursive: true, mode: 0o700 })
  const lab = options.name ?? (await reserveAnyName(home, spec.topology))
  if (options.name) await reserveName(home, options.name)
  const credentials = makeCredentials()
  const file = credentialsFile(labDir(home, lab))
  const info: LabInfo = {
    lab,
    topology: spec.topology,
    state: 'booting',
    createdAt: Date.now(),
    seconds: {},
    hosts,
    client,
    credentials: file,
    settings: spec.settings,
    spec,
    scope: spec.topology,
    image,
    ...(own ? { patroni: withoutSet(own, options.set) } : {}),
  }
  await writeCredentials(file, credentials)
  await writeLab(home, { info, homeId: home.id })
  return { info, credentials, ports }
}

/** The hosts with their addresses, once the lab's network is known. */
export const hostsOf = (spec: Topology, ports: readonly PublishedPort[], prefix: string): LabInfo['hosts'] =>
  Object.entries(spec.hosts).map(([name, { services, at }]) => ({
    name,
    address: addressOf({ prefix, topology: spec }, name),
    services,
    at,
    endpoints: Object.fromEntries(
      ports.filter(({ host }) => host === name).map(({ key, port }) => [key, { host: loopback, port }]),
    ),
  }))

function clientOf({ client }: Topology, ports: readonly PublishedPort[]): LabInfo['client'] {
  const published = (route: { host: string; port: number }) => {
    const found = ports.find(({ host, inside }) => host === route.host && inside === route.port)
    if (!found) throw new Error(`${route.host}:${route.port} is no port that its services offer`)
    return { host: loopback, port: found.port }
  }
  return {
    readWrite: published(client.readWrite),
    ...(client.readOnly ? { readOnly: published(client.readOnly) } : {}),
  }
}

/** Ports of this home's labs, also of those whose hosts are down now. */
async function portsOf(home: Home): Promise<Set<number>> {
  const labs = await readLabs(home)
  return new Set(
    labs.flatMap(({ info }) => info.hosts.flatMap(({ endpoints }) => Object.values(endpoints).map(({ port }) => port))),
  )
}
