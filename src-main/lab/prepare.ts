import { mkdir } from 'node:fs/promises'
import {
  upOptions,
  type Credentials,
  type Endpoint,
  type LabInfo,
  type UpOptions,
  type WriteEndpoint,
} from '../contract/lab.js'
import { whoLeads, type Topology } from '../contract/topology.js'
import type { EngineFacts } from '../docker/engine-facts.js'
import { endpointTls, keepAuthority } from './certificates.js'
import { makeAuthority, type KeyPair } from './pki.js'
import { readPatroniFile, withoutSet, withPatroni } from './patroni-file.js'
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
  /** Signs the certificates of the lab's hosts. */
  authority: KeyPair
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
  const topology = await loadTopology(options.topology, sizes)
  const own = options.patroni ? readPatroniFile(options.patroni, topology) : null
  const spec = withSettings(own ? withPatroni(topology, own) : topology, settings)
  requireMemory(spec, facts)
  const ports = await choosePorts(spec, options.ports, await portsOf(home))
  await mkdir(labDir(home, ''), { recursive: true, mode: 0o700 })
  const lab = options.name ?? (await reserveAnyName(home, spec.topology))
  if (options.name) await reserveName(home, options.name)
  const [credentials, authority] = [makeCredentials(spec.client), makeAuthority()]
  const dir = labDir(home, lab)
  const file = credentialsFile(dir)
  const info: LabInfo = {
    lab,
    topology: spec.topology,
    state: 'booting',
    createdAt: Date.now(),
    seconds: {},
    hosts: hostsOf(spec, ports, noPrefix, dir),
    client: clientOf(spec, ports, dir),
    credentials: file,
    settings: spec.settings,
    spec,
    scope: spec.topology,
    image,
    ...(own ? { patroni: withoutSet(own, options.set) } : {}),
  }
  await writeCredentials(file, credentials)
  if (spec.settings.security === 'tls') await keepAuthority(dir, authority)
  await writeLab(home, { info, homeId: home.id })
  return { info, credentials, ports, authority }
}

/** The hosts with their addresses, once the lab's network is known. */
export const hostsOf = (
  spec: Topology,
  ports: readonly PublishedPort[],
  prefix: string,
  dir: string,
): LabInfo['hosts'] =>
  Object.entries(spec.hosts).map(([name, { services, at, site }]) => ({
    name,
    address: addressOf({ prefix, topology: spec }, name),
    services,
    at,
    ...(site === undefined ? {} : { site }),
    endpoints: Object.fromEntries(
      ports.filter(({ host }) => host === name).map((published) => [published.key, endpointOf(spec, published, dir)]),
    ),
  }))

function endpointOf({ settings }: Topology, { host, key, port }: PublishedPort, dir: string): Endpoint {
  const tls = settings.security === 'tls' ? endpointTls(dir, host, key) : undefined
  return { host: loopback, port, ...(tls && { tls }) }
}

function clientOf(spec: Topology, ports: readonly PublishedPort[], dir: string): LabInfo['client'] {
  const { client } = spec
  const published = (route: { host: string; port: number }): WriteEndpoint => {
    const [first, ...others] = ports
      .filter(({ host, inside }) => inside === route.port && (host === route.host || route.host === whoLeads))
      .map((found) => endpointOf(spec, found, dir))
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
