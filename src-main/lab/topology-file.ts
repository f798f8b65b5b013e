import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DojoError } from '../contract/errors.js'
import { topologySpec, type Topology } from '../contract/topology.js'
import { appRoot } from '../util/app-root.js'
import { contentInvalid, parseYaml, problemsOf, type ContentProblem, type YamlSource } from './content-error.js'
import { isLoadable } from './load-sql.js'
import { offersOf } from './ports.js'
import { bytesOf, disksOf } from './plan.js'
import { settingsBroken } from './settings.js'

const mebi = 1024 ** 2
const smallestDisk = 128 * mebi
/** What a data host's processes need besides its full disks. */
const besideDisks = 384 * mebi

export const topologiesFolder = (): string => join(appRoot(), 'labs', 'topologies')

/** Names of the topologies that exist, sorted. */
export async function topologyNames(folder = topologiesFolder()): Promise<string[]> {
  const files = await readdir(folder)
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()
}

/** @throws DojoError unknown-topology, or content-invalid with everything that is wrong in the file */
export async function loadTopology(name: string, folder = topologiesFolder()): Promise<Topology> {
  const names = await topologyNames(folder)
  if (!names.includes(name)) {
    throw new DojoError('unknown-topology', {
      what: `No topology "${name}"`,
      why: `there are ${names.join(', ')}`,
      next: 'Use one of these names',
    })
  }
  const path = join(folder, `${name}.yaml`)
  return parseTopology(await readFile(path, 'utf8'), path, name)
}

/** Reads a topology from YAML text. `name`: what `topology:` must say, that is, the file's name. */
export function parseTopology(text: string, path: string, name: string): Topology {
  const source = parseYaml(text, path)
  const parsed = topologySpec.safeParse(source.doc.toJS())
  const problems = parsed.success ? rulesBroken(source, parsed.data, name) : problemsOf(source, parsed.error)
  if (problems.length > 0) throw contentInvalid(`Topology ${source.file} is invalid`, problems)
  return parsed.data!
}

/** What a schema can't say: how the parts fit together. */
function rulesBroken(source: YamlSource, topology: Topology, name: string): ContentProblem[] {
  const problems: ContentProblem[] = []
  const wrong = (path: PropertyKey[], message: string): void =>
    void problems.push({ file: source.file, ...source.place(path), message })
  const hosts = Object.entries(topology.hosts)
  const having = (service: string): string[] =>
    hosts.filter(([, { services }]) => services.some((s) => s === service)).map(([host]) => host)

  if (topology.topology !== name)
    wrong(['topology'], `topology: is "${topology.topology}", and the file says "${name}"`)
  const seen = new Map<number, string>()
  for (const [host, { address }] of hosts) {
    const other = seen.get(address)
    if (other) wrong(['hosts', host, 'address'], `hosts.${host}.address: ${other} has ${address} already`)
    seen.set(address, host)
  }
  const offered = offersOf(topology)
  for (const key of ['readWrite', 'readOnly'] as const) {
    const route = topology.client[key]
    if (!route) continue
    const ports = offered.filter(({ host }) => host === route.host).map(({ inside }) => inside)
    if (!topology.hosts[route.host]) {
      const names = hosts.map(([host]) => host).join(', ')
      wrong(['client', key, 'host'], `client.${key}.host: no host "${route.host}"; there are ${names}`)
    } else if (!ports.includes(route.port)) {
      const known = ports.length > 0 ? `offers ${ports.join(', ')}` : 'offers none'
      wrong(['client', key, 'port'], `client.${key}.port: ${route.host} ${known}`)
    }
  }
  if (having('patroni').length === 0) wrong(['hosts'], 'hosts: none runs patroni')
  if (having('patroni').length > 0 && having('etcd').length === 0)
    wrong(['hosts'], 'hosts: patroni needs etcd on some host')
  const repositories = having('pgbackrest').filter((host) => !having('patroni').includes(host))
  if (repositories.length > 1) {
    wrong(['hosts', repositories[1]!], `hosts.${repositories[1]}: ${repositories[0]} is the backup repository already`)
  }
  for (const [host, spec] of hosts) {
    const disks = disksOf(topology, host)
    const bytes = disks.reduce((sum, disk) => sum + disk.bytes, 0)
    for (const key of ['disk', 'walDisk'] as const) {
      if (spec[key] === undefined) continue
      if (!spec.services.includes('patroni')) wrong(['hosts', host, key], `hosts.${host}.${key}: no PostgreSQL is here`)
      else if (bytesOf(spec[key]) < smallestDisk)
        wrong(['hosts', host, key], `hosts.${host}.${key}: at least ${smallestDisk / mebi}Mi, or nothing can begin`)
    }
    const needed = (bytes + besideDisks) / mebi
    if (disks.length > 0 && bytesOf(spec.memory) < bytes + besideDisks)
      wrong(['hosts', host, 'memory'], `hosts.${host}.memory: its disks are in memory too: at least ${needed}Mi`)
  }
  for (const service of ['cron', 'postgres-exporter'] as const) {
    for (const host of having(service).filter((name) => !having('patroni').includes(name)))
      wrong(['hosts', host, 'services'], `hosts.${host}.services: ${service} has nothing to do without patroni`)
  }
  if (topology.load !== undefined && !isLoadable(topology.load))
    wrong(['load'], `load: no file "${topology.load}" in labs/data`)
  const { streaming, synchronous } = topology.healthy.standbys
  const standbys = having('patroni').length - 1
  if (streaming > standbys)
    wrong(['healthy', 'standbys', 'streaming'], `healthy.standbys.streaming: at most ${standbys}`)
  if (synchronous > streaming)
    wrong(['healthy', 'standbys', 'synchronous'], 'healthy.standbys.synchronous: more than stream')
  for (const { area, why } of settingsBroken(topology.settings)) wrong(['settings', area], `settings.${area}: ${why}`)
  return problems
}
