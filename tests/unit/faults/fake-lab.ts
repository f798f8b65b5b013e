import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HostState } from '../../../src-main/contract/cluster.js'
import type { LabInfo } from '../../../src-main/contract/lab.js'
import type { ExecResult, LabHandle } from '../../../src-main/lab/handle.js'

/** A lab whose machines are values: what the engine would say, and what was done to it. No ports, so nobody answers. */
export async function fakeLab(): Promise<
  LabHandle & { states: Record<string, HostState>; done: string[]; fail: { power?: boolean } }
> {
  const names = { pg1: ['etcd', 'patroni'], pg2: ['etcd', 'patroni'], witness: ['etcd'], backup: ['pgbackrest'] }
  const hosts = Object.entries(names).map(([name, services]) => ({
    name,
    services,
    address: '',
    endpoints: {},
    at: [0, 0],
  }))
  const states: Record<string, HostState> = Object.fromEntries(
    hosts.map(({ name }) => [name, { container: 'running' as const, since: 1 }]),
  )
  const done: string[] = []
  const limits: Record<string, number | null> = {}
  const fail: { power?: boolean } = {}
  const act =
    (verb: string, next: Omit<HostState, 'since'> | null) =>
    async (host: string): Promise<void> => {
      done.push(`${verb} ${host}`)
      if (fail.power) throw new Error('the engine said no')
      if (next) states[host] = { ...next, since: Date.now() }
    }
  const ok: ExecResult = { code: 0, stdout: 'run: etcd: (pid 7) 1s\n', stderr: '' }
  return {
    info: { lab: 'fake', scope: 'fake', hosts } as unknown as LabInfo,
    dir: await mkdtemp(join(tmpdir(), 'dojo-faults-')),
    states,
    done,
    fail,
    credentials: () => Promise.reject(new Error('not needed')),
    exec: () => Promise.resolve(ok),
    beside: () => Promise.resolve({ code: 0, stdout: '', stderr: '' }),
    kernel: () => Promise.resolve(null),
    tty: () => Promise.reject(new Error('not needed')),
    power: {
      kill: act('kill', { container: 'exited', how: 'killed', exitCode: 137 }),
      stop: act('stop', { container: 'exited', how: 'stopped', exitCode: 0 }),
      pause: act('pause', { container: 'paused' }),
      unpause: act('unpause', { container: 'running' }),
      start: act('start', { container: 'running' }),
      limitCpu: async (host, percent) => {
        await act(`limit ${percent}`, null)(host)
        limits[host] = percent
      },
    },
    cpuLimit: (host) => Promise.resolve(limits[host] ?? null),
    hostStates: () => Promise.resolve({ ...states }),
    watchHosts: async function* () {},
  }
}

/** pg1 was cut off while it led, and does not know of its successor. */
const etcd = {
  members: [
    { name: 'pg1', leader: true, term: 2 },
    { name: 'pg2', leader: false, term: 3 },
    { name: 'witness', leader: true, term: 3 },
  ],
}

/** An observer that knows who leads, as far as faults ask one. */
export const knowing = (leader: string | null, standbys: string[] = []) =>
  ({
    state: () => ({
      dcs: { stale: false, value: { leader, sync: { standbys } } },
      etcd: { stale: false, value: etcd },
    }),
    onState: () => () => undefined,
  }) as never
