import { DojoError } from '../contract/errors.js'
import type { Topology } from '../contract/topology.js'
import { inGiB } from '../doctor/limits.js'
import type { EngineFacts } from '../docker/engine-facts.js'
import { bytesOf } from './plan.js'

/**
 * Limits are what hosts may come to use. Labs side by side share memory on purpose; one whose own hosts may use more
 * than there is would have them killed one by one.
 * @throws DojoError memory-low
 */
export function requireMemory(spec: Topology, { memoryTotal }: Pick<EngineFacts, 'memoryTotal'>): void {
  const hosts = Object.entries(spec.hosts)
  const needed = hosts.reduce((sum, [, { memory }]) => sum + bytesOf(memory), 0)
  if (needed <= memoryTotal) return
  const list = hosts.map(([host, { memory }]) => `${host} ${memory}`).join(', ')
  throw new DojoError('memory-low', {
    what: `The ${hosts.length} hosts of ${spec.topology} do not fit into memory`,
    why: `they may use ${inGiB(needed)} in all (${list}), and the engine has ${inGiB(memoryTotal)}`,
    next: `Ask for fewer with --set size.NAME=N, lower \`memory\` in labs/topologies/${spec.topology}.yaml, or give the engine more`,
  })
}
