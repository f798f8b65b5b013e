import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DojoError } from '../contract/errors.js'
import { topologyFile, whoLeads, type Topology, type TopologyFile } from '../contract/topology.js'
import { appRoot } from '../util/app-root.js'
import {
  contentInvalid,
  parseYaml,
  problemsOf,
  spellPlace,
  type ContentProblem,
  type YamlSource,
} from './content-error.js'
import { ownRoles } from './credentials.js'
import { isLoadable } from './load-sql.js'
import { offersOf } from './ports.js'
import { bytesOf, disksOf, repositoriesOf, schedulesOf } from './plan.js'
import { schedulesBroken, settingsBroken } from './settings.js'
import { hostsIn, readSizes, sizeInvalid, withSizes, type Sizes } from './sizes.js'
import { sizesBroken } from './size-rules.js'

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

/** What `--set size.NAME=N` says, not looked at yet. */
type Asked = Readonly<Record<string, string>>

/**
 * @throws DojoError unknown-topology; content-invalid with everything that is wrong in the file; setting-invalid when it
 * does not take the sizes
 */
export async function loadTopology(name: string, sizes: Asked = {}, folder = topologiesFolder()): Promise<Topology> {
  const names = await topologyNames(folder)
  if (!names.includes(name)) {
    throw new DojoError('unknown-topology', {
      what: `No topology "${name}"`,
      why: `there are ${names.join(', ')}`,
      next: 'Use one of these names',
    })
  }
  const path = join(folder, `${name}.yaml`)
  return parseTopology(await readFile(path, 'utf8'), path, name, sizes)
}

/** Reads a topology from YAML text. `name`: what `topology:` must say, that is, the file's name. */
export function parseTopology(text: string, path: string, name: string, asked: Asked = {}): Topology {
  const source = parseYaml(text, path)
  const parsed = topologyFile.safeParse(source.doc.toJS())
  const problems = parsed.success ? rulesBroken(source, parsed.data, name) : problemsOf(source, parsed.error)
  if (problems.length > 0) throw contentInvalid(`Topology ${source.file} is invalid`, problems)
  const file = parsed.data!
  const placeOf = (entry: string): string => spellPlace(source.file, source.place(['hosts', entry]))
  const sizes = readSizes(file, asked, placeOf)
  const broken = Object.keys(asked).length > 0 ? rulesBroken(source, file, name, sizes) : []
  if (broken.length > 0) throw sizeInvalid(broken.map((one) => `${one.message} (${spellPlace(one.file, one)})`))
  return withSizes(file, sizes)
}

/** What a schema can't say: how the parts fit together. */
function rulesBroken(source: YamlSource, file: TopologyFile, name: string, sizes: Sizes = {}): ContentProblem[] {
  const topology = withSizes(file, sizes)
  const named = hostsIn(file, sizes)
  const entryOf = new Map<PropertyKey, string>(named.map(({ name: host, entry }) => [host, entry]))
  const problems: ContentProblem[] = []
  const wrong = (path: PropertyKey[], message: string): void => {
    // what is wrong with one of several alike is wrong where they are declared
    const there = path[0] === 'hosts' && path[1] !== undefined ? path.with(1, entryOf.get(path[1]) ?? path[1]) : path
    problems.push({ file: source.file, ...source.place(there), message })
  }
  const hosts = Object.entries(topology.hosts)
  const having = (service: string): string[] =>
    hosts.filter(([, { services }]) => services.some((s) => s === service)).map(([host]) => host)

  if (topology.topology !== name)
    wrong(['topology'], `topology: is "${topology.topology}", and the file says "${name}"`)
  for (const { path, message } of sizesBroken(file, sizes)) wrong(path, message)
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
    const anybody = route.host === whoLeads && key === 'readWrite'
    const ports = (
      anybody ? offered.filter((one) => one.key === 'postgres') : offered.filter(({ host }) => host === route.host)
    ).map(({ inside }) => inside)
    if (!topology.hosts[route.host] && !anybody) {
      const names = hosts.map(([host]) => host).join(', ')
      wrong(['client', key, 'host'], `client.${key}.host: no host "${route.host}"; there are ${names}`)
    } else if (!ports.includes(route.port)) {
      const known = ports.length > 0 ? `offers ${[...new Set(ports)].join(', ')}` : 'offers none'
      wrong(['client', key, 'port'], `client.${key}.port: ${route.host} ${known}`)
    }
  }
  if (ownRoles.includes(topology.client.user ?? '') || topology.client.user?.startsWith('pg_'))
    wrong(['client', 'user'], `client.user: ${topology.client.user} has another use: ${ownRoles.join(', ')} and pg_*`)
  for (const key of Object.keys(topology.fixedPorts ?? {})) {
    const keys = [...new Set(offered.map((one) => one.key))]
    if (!keys.some((one) => one === key))
      wrong(['fixedPorts', key], `fixedPorts.${key}: no service here offers that; there are ${keys.join(', ')}`)
  }
  if (having('patroni').length === 0) wrong(['hosts'], 'hosts: none runs patroni')
  if (having('patroni').length > 0 && having('etcd').length === 0)
    wrong(['hosts'], 'hosts: patroni needs etcd on some host')
  const sites = new Set(hosts.flatMap(([, { site }]) => site ?? []))
  for (const site of [undefined, ...sites]) {
    const here = hosts.filter(([, spec]) => spec.site === site)
    const [first] = here
    const runs = (service: string): boolean => here.some(([, { services }]) => services.some((s) => s === service))
    if (site === undefined && sites.size > 0 && !runs('patroni'))
      wrong(['hosts'], 'hosts: none of the main site runs patroni')
    if (first && site !== undefined && !(runs('patroni') && runs('etcd')))
      wrong(['hosts', first[0], 'site'], `hosts.${first[0]}.site: ${site} needs both patroni and an etcd of its own`)
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
    const scheduled = service === 'cron' && schedulesOf(topology.settings).length > 0
    const used = [...having('patroni'), ...(scheduled ? repositoriesOf(topology) : [])]
    for (const host of having(service).filter((name) => !used.includes(name)))
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
  for (const { area, why } of [...settingsBroken(topology.settings), ...schedulesBroken(topology)])
    wrong(['settings', area], `settings.${area}: ${why}`)
  return problems
}
