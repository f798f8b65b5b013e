import type Docker from 'dockerode'
import type { HostState } from '../contract/cluster.js'
import { archiveOf, type HostFile } from './archive.js'
import { mountOf, type Disk } from './disks.js'
import { isGone, statusOf, translated } from './errors.js'
import { envList } from './exec.js'
import { freeze } from './exec-gate.js'
import { containerName, filterOf, label, labelsOf, networkName, type Owner } from './labels.js'

/** The engine as the layers above hand it on; only docker/ asks it for anything. */
export type EngineClient = Docker

/** A machine of a lab, as a container is made of it. */
export interface HostPlan {
  owner: Owner
  host: string
  image: string
  address: string
  /** Every host of the lab by name: names never depend on who is up. */
  peers: Record<string, string>
  memoryBytes: number
  env: Record<string, string>
  files: readonly HostFile[]
  /** Port inside to port on 127.0.0.1. */
  ports: Record<number, number>
  disks?: readonly Disk[]
}

const pidsLimit = 512
/** Capabilities that engines give by default and no service of a host needs. */
const notNeeded = ['AUDIT_WRITE', 'MKNOD', 'NET_RAW', 'SETFCAP', 'SYS_CHROOT']
const shmBytes = 128 * 1024 * 1024
/** A synchronous replica may take 2 x loop_wait to be released, and archiving the last WAL takes its time. */
export const stopGraceSeconds = 60

/** Makes a host and puts its files into it; does not start it. */
export async function createHost(docker: Docker, plan: HostPlan): Promise<void> {
  const { owner, host, image, address, peers, memoryBytes, env, files, ports, disks = [] } = plan
  const inside = Object.keys(ports).map((port) => `${port}/tcp`)
  const published = Object.entries(ports).map(([port, hostPort]) => [
    `${port}/tcp`,
    [{ HostIp: '127.0.0.1', HostPort: String(hostPort) }],
  ])
  try {
    const container = await docker.createContainer({
      name: containerName(owner, host),
      Image: image,
      Hostname: host,
      Env: envList(env),
      Labels: labelsOf(owner, 'host', host),
      StopSignal: 'SIGTERM',
      StopTimeout: stopGraceSeconds,
      ExposedPorts: Object.fromEntries(inside.map((port) => [port, {}])),
      NetworkingConfig: { EndpointsConfig: { [networkName(owner)]: { IPAMConfig: { IPv4Address: address } } } },
      HostConfig: {
        NetworkMode: networkName(owner),
        PortBindings: Object.fromEntries(published),
        // the engine itself adds a host's own name
        ExtraHosts: Object.entries(peers).flatMap(([name, at]) => (name === host ? [] : [`${name}:${at}`])),
        Dns: ['127.0.0.1'], // nobody answers there, so that the engine's own forwarder asks nobody outside
        Memory: memoryBytes,
        MemorySwap: memoryBytes,
        PidsLimit: pidsLimit,
        ShmSize: shmBytes,
        Mounts: disks.map((disk) => mountOf(owner, disk)),
        CapDrop: [...notNeeded],
        RestartPolicy: { Name: '' }, // the engine must not repair an exercise
        LogConfig: { Type: 'json-file', Config: { 'max-size': '5m', 'max-file': '2' } },
      },
    })
    await container.putArchive(await archiveOf(files, new Date()), { path: '/' })
  } catch (error) {
    throw translated(error, `making host ${host}`)
  }
}

export const hostContainer = (docker: Docker, owner: Owner, host: string): Docker.Container =>
  docker.getContainer(containerName(owner, host))

/** 304: it was so already. */
const unlessSoAlready = (error: unknown): void => {
  if (statusOf(error) !== 304) throw error
}

/** The kernel's own default. A quota counts in it, and -1 is none: the engine takes a 0 for "as it was". */
const cpuPeriodUs = 100_000

/** How much of one core a host may use, in percent, as the engine has it; null: all that there is. */
export async function cpuLimitOf(docker: Docker, owner: Owner, host: string): Promise<number | null> {
  try {
    const { HostConfig } = await hostContainer(docker, owner, host).inspect()
    const { CpuQuota = 0, CpuPeriod = 0 } = HostConfig
    return CpuQuota > 0 ? (CpuQuota / (CpuPeriod || cpuPeriodUs)) * 100 : null
  } catch (error) {
    throw translated(error, `looking at host ${host}`)
  }
}

/** What can be done to a host as a machine. Each resolves when the engine has done it. */
export function hostPower(docker: Docker, owner: Owner) {
  const act = async (
    host: string,
    doing: string,
    run: (container: Docker.Container) => Promise<unknown>,
  ): Promise<void> => {
    try {
      await run(hostContainer(docker, owner, host)).catch(unlessSoAlready)
    } catch (error) {
      throw translated(error, `${doing} host ${host}`)
    }
  }
  return {
    start: (host: string) => act(host, 'starting', (container) => container.start()),
    stop: (host: string, graceSeconds: number) =>
      act(host, 'stopping', (container) => container.stop({ t: graceSeconds })),
    kill: (host: string) => act(host, 'killing', (container) => container.kill({ signal: 'SIGKILL' })),
    pause: (host: string) => act(host, 'freezing', freeze),
    unpause: (host: string) => act(host, 'thawing', (container) => container.unpause()),
    limitCpu: (host: string, percent: number | null) =>
      act(host, 'limiting the CPU of', (container) =>
        container.update({ CpuPeriod: cpuPeriodUs, CpuQuota: percent === null ? -1 : (percent * cpuPeriodUs) / 100 }),
      ),
  }
}

/** Removes every container of a lab, or of a home; waits until the engine has. Idempotent. */
export async function removeContainers(docker: Docker, homeId: string, lab?: string): Promise<void> {
  const containers = await docker.listContainers({ all: true, filters: filterOf(homeId, lab) })
  await Promise.all(
    containers.map(({ Id }) =>
      docker
        .getContainer(Id)
        .remove({ force: true, v: true })
        .catch((error: unknown) => {
          if (isGone(error)) return
          // 409: somebody else is removing it; it is gone when the list says so
          if (statusOf(error) !== 409) throw translated(error, 'removing a host')
        }),
    ),
  )
}

/** Labs of a home that the engine holds something of. */
export async function labsHeld(docker: Docker, homeId: string): Promise<Set<string>> {
  const filters = filterOf(homeId)
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ])
  const names = [...containers, ...networks, ...(volumes ?? [])].map(({ Labels }) => Labels?.[label.lab])
  return new Set(names.filter((name): name is string => name !== undefined))
}

/** Which containers of a lab there are, by host, with the engine's one-word state. */
export async function containersOf(docker: Docker, owner: Owner): Promise<Record<string, string>> {
  const containers = await docker.listContainers({ all: true, filters: filterOf(owner.homeId, owner.lab, 'host') })
  return Object.fromEntries(containers.map(({ Labels, State }) => [Labels[label.host] ?? '', State]))
}

/** Present state of a host. `since` of a frozen one is its start: the engine does not keep when it froze. */
export async function hostStateOf(docker: Docker, owner: Owner, host: string): Promise<HostState> {
  try {
    const { State } = await hostContainer(docker, owner, host).inspect()
    if (State.Paused) return { container: 'paused', since: Date.parse(State.StartedAt) }
    if (State.Running) return { container: 'running', since: Date.parse(State.StartedAt) }
    const since = Date.parse(State.FinishedAt) || Date.now()
    const exitCode = State.ExitCode
    if (State.Status === 'created') return { container: 'exited', since: Date.now() }
    return { container: 'exited', since: Math.max(since, 0), how: howItEnded(exitCode, State.OOMKilled), exitCode }
  } catch (error) {
    if (isGone(error)) return { container: 'missing', since: Date.now() }
    throw translated(error, `looking at host ${host}`)
  }
}

/** The boot script exits with 0 once its services have stopped; 137 is KILL, which nothing in it survives. */
function howItEnded(exitCode: number, outOfMemory: boolean): 'killed' | 'stopped' | 'died' {
  if (outOfMemory) return 'died'
  if (exitCode === 137) return 'killed'
  return exitCode === 0 || exitCode === 143 ? 'stopped' : 'died'
}
