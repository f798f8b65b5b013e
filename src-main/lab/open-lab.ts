import { unknownHost } from '../contract/errors.js'
import { kernelAbilities } from '../doctor/kernel.js'
import { runBeside } from '../docker/beside.js'
import { runIn } from '../docker/exec.js'
import { cpuLimitOf, hostContainer, hostPower, hostStateOf, type EngineClient } from '../docker/hosts.js'
import { hangUpOrphans, openTty } from '../docker/tty.js'
import { watchHosts } from '../docker/watch-hosts.js'
import { logFor } from '../util/log.js'
import { logged } from '../util/logged.js'
import { readCredentials } from './credentials.js'
import type { HostPower, LabHandle } from './handle.js'
import { homeOfPostgres } from './plan.js'
import { credentialsFile, labDir, ownerOf, type Home, type LabFile } from './store.js'

const log = logFor('lab')

/** Makes the handle of a lab that exists. Nothing is asked of the engine until something is asked of the handle. */
export function labHandle(docker: EngineClient, home: Home, { info }: LabFile): LabHandle {
  const { lab } = info
  const owner = ownerOf(home, lab)
  const dir = labDir(home, lab)
  const names = info.hosts.map(({ name }) => name)
  const known = (host: string): string => {
    if (!names.includes(host)) throw unknownHost(host, names)
    return host
  }
  const machines = hostPower(docker, owner)
  const act = (what: string, host: string, run: () => Promise<void>, more: object = {}): Promise<void> =>
    logged(log, `${what} host`, { lab, host: known(host), ...more }, run)
  const power: HostPower = {
    kill: async (host) => act('kill', host, () => machines.kill(host)),
    stop: async (host, graceSeconds) => act('stop', host, () => machines.stop(host, graceSeconds), { graceSeconds }),
    pause: async (host) => act('pause', host, () => machines.pause(host)),
    unpause: async (host) => act('unpause', host, () => machines.unpause(host)),
    start: async (host) => act('start', host, () => machines.start(host)),
    limitCpu: async (host, percent) => act('limit CPU of', host, () => machines.limitCpu(host, percent), { percent }),
  }
  return {
    info,
    dir,
    power,
    credentials: () => readCredentials(credentialsFile(dir)),
    exec: async (host, argv, options) =>
      runIn(hostContainer(docker, owner, known(host)), host, argv, { workingDir: homeOfPostgres, ...options }),
    beside: async (host, script, options) => runBeside(docker, owner, known(host), script, options),
    kernel: kernelAbilities,
    tty: async (host, argv, options) =>
      openTty(hostContainer(docker, owner, known(host)), host, argv, {
        workingDir: options.user === 'root' ? '/root' : homeOfPostgres,
        ...options,
        env: { HOME: options.user === 'root' ? '/root' : homeOfPostgres, ...options.env },
      }),
    hangUpOrphans: async () => {
      const found = await Promise.all(names.map((host) => hangUpOrphans(hostContainer(docker, owner, host), host)))
      return found.reduce((sum, count) => sum + count, 0)
    },
    engineTime: async () => Date.parse(((await docker.info()) as { SystemTime: string }).SystemTime),
    cpuLimit: async (host) => cpuLimitOf(docker, owner, known(host)),
    hostStates: async () =>
      Object.fromEntries(
        await Promise.all(names.map(async (host) => [host, await hostStateOf(docker, owner, host)] as const)),
      ),
    watchHosts: (signal) => watchHosts(docker, owner, names, signal),
  }
}
