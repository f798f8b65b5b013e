import type Docker from 'dockerode'
import { isGone, translated } from './errors.js'
import { containerName, filterOf, labelsOf, networkName, type Owner } from './labels.js'
import { uidOf } from './archive.js'

/** A disk of a host with a size of its own, as a volume that only this host has. */
export interface Disk {
  host: string
  name: 'data' | 'wal'
  bytes: number
  /** Where the host has it. */
  path: string
}

const keeperBytes = 16 * 1024 ** 2
const volumeName = (owner: Owner, { host, name }: Disk): string => `${containerName(owner, host)}-${name}`
/** No host's name has a dot. */
const keeperName = (owner: Owner): string => `${networkName(owner)}.disks`

export const mountOf = (owner: Owner, disk: Disk): Docker.MountSettings => ({
  Type: 'volume',
  Source: volumeName(owner, disk),
  Target: disk.path,
  VolumeOptions: { NoCopy: true } as NonNullable<Docker.MountSettings['VolumeOptions']>,
})

/**
 * Makes volumes that hold as much as a disk and no more, before the hosts that use them. Only a file system in memory can
 * have a size on every engine, and it is gone when nobody mounts it: so one small container, the keeper, mounts them all
 * until the lab is removed, and a host may stop and start.
 */
export async function createDisks(docker: Docker, owner: Owner, image: string, disks: readonly Disk[]): Promise<void> {
  if (disks.length === 0) return
  try {
    await Promise.all(
      disks.map((disk) =>
        docker.createVolume({
          Name: volumeName(owner, disk),
          Driver: 'local',
          Labels: labelsOf(owner, 'disk', disk.host),
          DriverOpts: {
            type: 'tmpfs',
            device: 'tmpfs',
            o: `size=${disk.bytes},uid=${uidOf.postgres},gid=${uidOf.postgres},mode=0755`,
          },
        }),
      ),
    )
    const keeper = await docker.createContainer({
      name: keeperName(owner),
      Image: image,
      Entrypoint: ['/usr/bin/sleep', 'infinity'],
      Cmd: [],
      User: 'nobody',
      Labels: labelsOf(owner, 'disk'),
      HostConfig: {
        NetworkMode: 'none',
        Mounts: disks.map((disk, n) => ({ ...mountOf(owner, disk), Target: `/kept/${n}`, ReadOnly: true })),
        CapDrop: ['ALL'],
        Memory: keeperBytes,
        PidsLimit: 8,
        RestartPolicy: { Name: '' }, // what it kept is gone with it
      },
    })
    await keeper.start()
  } catch (error) {
    throw translated(error, 'making the disks')
  }
}

/** Whether what was on a lab's disks can still be there: its keeper runs. */
export async function disksKept(docker: Docker, owner: Owner): Promise<boolean> {
  try {
    return (await docker.getContainer(keeperName(owner)).inspect()).State.Running
  } catch (error) {
    if (isGone(error)) return false
    throw translated(error, 'looking at the disks')
  }
}

/** Removes a lab's volumes. Idempotent. Rejects while a container still has one. */
export async function removeDisks(docker: Docker, owner: Owner): Promise<void> {
  const { Volumes: volumes } = await docker.listVolumes({ filters: filterOf(owner.homeId, owner.lab, 'disk') })
  await Promise.all(
    (volumes ?? []).map(({ Name }) =>
      docker
        .getVolume(Name)
        .remove()
        .catch((error: unknown) => {
          if (!isGone(error)) throw translated(error, 'removing a disk')
        }),
    ),
  )
}
