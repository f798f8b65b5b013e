import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectDocker } from './engine.js'
import { isGone } from './errors.js'
import { removeContainers } from './hosts.js'
import { filterOf } from './labels.js'

/** Removes everything that the engine holds for one home: containers, networks and volumes. Idempotent. */
export async function sweepHome(homeId: string): Promise<number> {
  const docker = await connectDocker()
  const filters = filterOf(homeId)
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ])
  if (containers.length > 0) await removeContainers(docker, homeId)
  const gone = (error: unknown): void => {
    if (!isGone(error)) throw error
  }
  for (const { Id } of networks) await docker.getNetwork(Id).remove().catch(gone)
  for (const { Name } of volumes ?? []) await docker.getVolume(Name).remove({ force: true }).catch(gone)
  return containers.length + networks.length + (volumes ?? []).length
}

/** Sweeps every home below a folder: what a test run made, however it ended. Returns how much was left over. */
export async function sweepHomesBelow(folder: string): Promise<number> {
  let left = 0
  const names = await readdir(folder, { recursive: true })
  for (const name of names.filter((path) => path.split(/[\\/]/).at(-1) === 'home-id')) {
    left += await sweepHome((await readFile(join(folder, name), 'utf8')).trim())
  }
  return left
}
