import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse, stringify } from 'yaml'
import { aptInstall, canInstall } from '../../src-main/docker/apt.js'
import { connectDocker } from '../../src-main/docker/engine.js'
import { labelsOf, type Owner } from '../../src-main/docker/labels.js'
import { choosePorts } from '../../src-main/lab/ports.js'
import type { Topology } from '../../src-main/contract/topology.js'

const run = promisify(execFile)
const tools = [['docker-compose'], ['docker', 'compose']] as const

/** The first of the two that is here; Debian's package is installed where there is none. */
async function composeTool(): Promise<readonly string[]> {
  for (const tool of tools) {
    const [program, ...args] = tool
    if (
      await run(program, [...args, 'version']).then(
        () => true,
        () => false,
      )
    )
      return tool
  }
  if (!canInstall()) throw new Error('there is no docker compose here, and no way to install it')
  await aptInstall(['docker-compose'], () => undefined)
  return tools[0]
}

export interface Compose {
  (...args: string[]): Promise<string>
}

/** docker compose in an exported folder. It never asks, and never takes longer than two minutes. */
export async function composeIn(folder: string): Promise<Compose> {
  const [program = '', ...first] = await composeTool()
  return async (...args) => {
    const { stdout } = await run(program, [...first, ...args], { cwd: folder, timeout: 120_000, maxBuffer: 2 ** 24 })
    return stdout
  }
}

/** The first three octets of a block that no network of the engine has. */
export async function freePrefix(): Promise<string> {
  const networks = await (await connectDocker()).listNetworks()
  const taken = new Set(networks.flatMap(({ IPAM }) => (IPAM?.Config ?? []).map(({ Subnet }) => Subnet)))
  const free = Array.from({ length: 250 }, (_, n) => `10.78.${n + 2}`).filter((prefix) => !taken.has(`${prefix}.0/24`))
  if (free.length === 0) throw new Error('every network 10.78.N.0/24 is taken')
  return free[Math.floor(Math.random() * free.length)]!
}

/**
 * Makes an exported project this test's own: a name, a network and ports that nobody else has, and labels by which
 * everything of it is found and removed, also by a run that comes after one that was cut off.
 */
export async function makeOwn(folder: string, owner: Owner, topology: Topology): Promise<Record<string, string>> {
  const file = join(folder, '.env')
  const ports = await choosePorts(topology, 'random')
  const own: Record<string, string> = { COMPOSE_PROJECT_NAME: `dojo-${owner.homeId}`, PREFIX: await freePrefix() }
  const text = (await readFile(file, 'utf8')).replaceAll(/^(\w+)=(.*)$/gm, (_, name: string, value: string) => {
    const at = ports.find(({ inside }) => name.endsWith(`_${inside}`))
    own[name] ??= at ? String(at.port) : value
    return `${name}=${own[name]}`
  })
  await writeFile(file, text)
  const { services, networks, volumes } = parse(await readFile(join(folder, 'docker-compose.yml'), 'utf8')) as Record<
    string,
    object
  >
  const labelled = (name: string, role: 'host' | 'network' | 'disk') => ({ labels: labelsOf(owner, role, name) })
  const each = (part: object | undefined, add: (name: string, it: object) => object) =>
    Object.fromEntries(Object.entries(part ?? {}).map(([name, it]) => [name, add(name, it as object)]))
  const override = {
    services: each(services, (name) => labelled(name, 'host')),
    // docker-compose 1 takes a network's second description for the whole of it
    networks: each(networks, (name, it) => ({ ...it, ...labelled(name, 'network') })),
    volumes: each(volumes, (name) => labelled(name, 'disk')),
  }
  await writeFile(join(folder, 'docker-compose.override.yml'), stringify(override))
  return own
}
