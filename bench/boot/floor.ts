import type { Topology } from '../../src-main/contract/topology.js'
import { connectDocker } from '../../src-main/docker/engine.js'
import { runIn } from '../../src-main/docker/exec.js'
import { createHost, hostContainer, hostPower, removeContainers } from '../../src-main/docker/hosts.js'
import { createLabNetwork, removeLabNetwork } from '../../src-main/docker/networks.js'
import { bytesOf, hostsWith, pgdata } from '../../src-main/lab/plan.js'
import { choosePorts } from '../../src-main/lab/ports.js'

/** Seconds of each part that no boot can do without, one after another, with nothing beside them. */
export interface Floor {
  containers: number
  initdb: number
  baseBackup: number
  promotion: number
}

/** Prints what a command took in ms, measured in the host, so that the engine's exec is not in it. */
const timed = (command: string): string => `
t() { date +%s%N; }
cd /tmp; a=$(t); { ${command}; } >/tmp/out 2>&1 || { cat /tmp/out >&2; exit 1; }; b=$(t); echo $(( (b - a) / 1000000 ))`

const initdb = `initdb -D ${pgdata} --data-checksums --no-sync --encoding UTF8 --locale C.UTF-8 --locale-provider builtin --builtin-locale C.UTF-8`
const settings = [
  'listen_addresses=*',
  'shared_buffers=64MB',
  'unix_socket_directories=/run/postgresql',
  'wal_level=replica',
]
const start = `pg_ctl -D ${pgdata} -l /tmp/log -w start -o "${settings.map((setting) => `-c ${setting}`).join(' ')}"`
const letAll = `echo host all all all trust >> ${pgdata}/pg_hba.conf; echo host replication all all trust >> ${pgdata}/pg_hba.conf`
const promote = `pg_ctl -D ${pgdata} -w promote && psql -h /run/postgresql -U postgres -d postgres -c "create table t (n int)"`

/**
 * Container start (all hosts of the topology, without their services), initdb, base backup and promotion, each timed
 * alone. A server's start belongs to the part that needs it.
 */
export async function floorSeconds(homeId: string, topology: Topology, image: string): Promise<Floor> {
  const docker = await connectDocker()
  const owner = { homeId, lab: 'floor' }
  const prefix = await createLabNetwork(docker, owner)
  const power = hostPower(docker, owner)
  const ports = await choosePorts(topology, 'random')
  const [first, second] = hostsWith(topology, 'patroni') as [string, string]
  const at = (host: string): string => `${prefix}.${topology.hosts[host]!.address}`
  const seconds = async (host: string, command: string): Promise<number> => {
    const { code, stdout, stderr } = await runIn(hostContainer(docker, owner, host), host, ['sh', '-c', timed(command)])
    if (code !== 0) throw new Error(`${command}: ${stderr}`)
    return Number(stdout) / 1000
  }
  try {
    const startedAt = performance.now()
    await Promise.all(
      Object.entries(topology.hosts).map(async ([host, { memory }]) => {
        await createHost(docker, {
          owner,
          host,
          image,
          address: at(host),
          peers: {},
          memoryBytes: bytesOf(memory),
          env: { HOST_SERVICES: '', TZ: 'UTC' },
          files: [],
          ports: Object.fromEntries(ports.filter((p) => p.host === host).map(({ inside, port }) => [inside, port])),
        })
        await power.start(host)
      }),
    )
    const containers = (performance.now() - startedAt) / 1000
    const made = await seconds(first, `${initdb} && ${letAll} && ${start}`)
    const copy = `pg_basebackup -h ${at(first)} -U postgres -D ${pgdata} -X stream -c fast --no-sync -R && ${start}`
    const baseBackup = await seconds(second, copy)
    return { containers, initdb: made, baseBackup, promotion: await seconds(second, promote) }
  } finally {
    await removeContainers(docker, homeId, owner.lab)
    await removeLabNetwork(docker, owner)
  }
}

export const sum = (floor: Floor): number =>
  Object.values(floor).reduce((total: number, part: number) => total + part, 0)
