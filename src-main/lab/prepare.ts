import { mkdir } from 'node:fs/promises'
import { upOptions, type Credentials, type LabInfo, type UpOptions, type WriteEndpoint } from '../contract/lab.js'
import { whoLeads, type Topology } from '../contract/topology.js'
import type { EngineFacts } from '../docker/engine-facts.js'
import { addressOf } from './plan.js'
import { choosePorts, type PublishedPort } from './ports.js'
import { requireMemory } from './room.js'
import { withSettings } from './settings.js'
import { sizesIn } from './sizes.js'
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
export async function prepareLab(
  home: Home,
  input: UpOptions,
  image: string,
  facts: Pick<EngineFacts, 'memoryTotal'>,
): Promise<Prepared> {
  const options = upOptions.parse(input)
  const { sizes, settings } = sizesIn(options.set)
  const spec = withSettings(await loadTopology(options.topology, sizes), settings)
  requireMemory(spec, facts)
  const ports = await choosePorts(spec, options.ports, await portsOf(home))
  const hosts = hostsOf(spec, ports, noPrefix)
  const client = clientOf(spec, ports)
  await mkdir(labDir(home, ''), { recursive: true, mode: 0o700 })
  const lab = options.name ?? (await reserveAnyName(home, spec.topology))
  if (options.name) await reserveName(home, options.name)
  const credentials = makeCredentials(spec.client)
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
  }
  await writeCredentials(file, credentials)
  await writeLab(home, { info, homeId: home.id })
  return { info, credentials, ports }
}

/** The hosts with their addresses, once the lab's network is known. */
export const hostsOf = (spec: Topology, ports: readonly PublishedPort[], prefix: string): LabInfo['hosts'] =>
  Object.entries(spec.hosts).map(([name, { services, at, site }]) => ({
    name,
    address: addressOf({ prefix, topology: spec }, name),
    services,
    at,
    ...(site === undefined ? {} : { site }),
    endpoints: Object.fromEntries(
      ports.filter(({ host }) => host === name).map(({ key, port }) => [key, { host: loopback, port }]),
    ),
  }))

function clientOf({ client }: Topology, ports: readonly PublishedPort[]): LabInfo['client'] {
  const published = (route: { host: string; port: number }): WriteEndpoint => {
    const [first, ...others] = ports
      .filter(({ host, inside }) => inside === route.port && (host === route.host || route.host === whoLeads))
      .map(({ port }) => ({ host: loopback, port }))
    if (!first) throw new Error(`${route.host}:${route.port} is no port that its services offer`)
    return { ...first, ...(others.length > 0 ? { others } : {}) }
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
