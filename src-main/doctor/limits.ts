import { DojoError } from '../contract/errors.js'
import type { EngineFacts } from '../docker/engine-facts.js'

const mib = 1024 ** 2
const gib = 1024 ** 3

/** Five idle hosts take about 300 MiB; a boot and a base backup take more for a moment. */
export const memoryLimits = { refuseBelow: 700 * mib, warnBelow: 1_500 * mib }
/** A lab's data and WAL grow while someone practises; a full disk ends every lab of this engine at once. */
export const diskLimits = { refuseBelow: 1 * gib, warnBelow: 5 * gib }

export const inGiB = (bytes: number): string => `${(bytes / gib).toFixed(1)} GiB`

/** What labs can use: what is free where that can be seen, else all that the engine has. */
export const memoryForLabs = ({ memoryAvailable, memoryTotal }: EngineFacts): number => memoryAvailable ?? memoryTotal

/** @throws DojoError memory-low or disk-full when a lab can't be expected to boot */
export function requireRoom(facts: EngineFacts): void {
  const memory = memoryForLabs(facts)
  if (memory < memoryLimits.refuseBelow) {
    throw new DojoError('memory-low', {
      what: `${inGiB(memory)} of memory are left for labs`,
      why: `one lab needs ${inGiB(memoryLimits.refuseBelow)} while it boots`,
      next: 'Close other programs, remove labs that you no longer need, or give the engine more memory',
    })
  }
  if (facts.diskFree !== null && facts.diskFree < diskLimits.refuseBelow) {
    throw new DojoError('disk-full', {
      what: `${inGiB(facts.diskFree)} are free on the engine's disk (${facts.rootFolder})`,
      why: `labs need at least ${inGiB(diskLimits.refuseBelow)}`,
      next: 'Free some space (`docker system df` shows what Docker holds), then retry',
    })
  }
}
