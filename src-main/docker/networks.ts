import type Docker from 'dockerode'
import { DojoError } from '../contract/errors.js'
import { engineSays, isGone, statusOf, translated } from './errors.js'
import { filterOf, labelsOf, networkName, type Owner } from './labels.js'

/** Labs get 10.77.N.0/24. N = 0 stays free, so that nobody mistakes a lab's network for the block. */
const prefixOf = (n: number): string => `10.77.${n}`
const last = 254

/** Third octets that networks of this engine hold, whoever made them. */
async function taken(docker: Docker): Promise<Set<number>> {
  const networks = await docker.listNetworks()
  const subnets = networks.flatMap(({ IPAM }) => (IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? ''))
  return new Set(
    subnets
      .map((subnet) => /^10\.77\.(\d+)\./.exec(subnet)?.[1])
      .filter(Boolean)
      .map(Number),
  )
}

/**
 * Makes the lab's bridge in the first free 10.77.N.0/24, and returns the prefix `10.77.N`.
 * No masquerading: packets of a lab leave with an address that nobody outside answers. That is how a lab has no
 * internet, while published ports still work (an `internal` network would take those away as well).
 * @throws DojoError network-taken when all are held
 */
export async function createLabNetwork(docker: Docker, owner: Owner): Promise<string> {
  const held = await taken(docker)
  for (let n = 1; n <= last; n++) {
    if (held.has(n)) continue
    const subnet = `${prefixOf(n)}.0/24`
    try {
      await docker.createNetwork({
        Name: networkName(owner),
        Driver: 'bridge',
        CheckDuplicate: true,
        Internal: false,
        EnableIPv6: false,
        Labels: labelsOf(owner, 'network'),
        IPAM: { Driver: 'default', Config: [{ Subnet: subnet, Gateway: `${prefixOf(n)}.1` }] },
        Options: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' },
      })
      return prefixOf(n)
    } catch (error) {
      // somebody else took it since, or a route of this machine overlaps
      if (statusOf(error) !== 409 && /overlap|conflicts/i.test(engineSays(error))) continue
      throw translated(error, 'making the lab network')
    }
  }
  throw new DojoError('network-taken', {
    what: 'No network is left for a lab',
    why: `every 10.77.N.0/24 up to N = ${last} overlaps with a network of this engine or this machine`,
    next: 'Remove labs with `dojo down`, or look at `docker network ls`',
  })
}

/** Removes the lab's network, if it is there. */
export async function removeLabNetwork(docker: Docker, owner: Owner): Promise<void> {
  const networks = await docker.listNetworks({ filters: filterOf(owner.homeId, owner.lab, 'network') })
  await Promise.all(
    networks.map(({ Id }) =>
      docker
        .getNetwork(Id)
        .remove()
        .catch((error: unknown) => {
          if (!isGone(error)) throw translated(error, 'removing the lab network')
        }),
    ),
  )
}
