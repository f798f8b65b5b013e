import type Docker from 'dockerode'
import { filterOf } from './labels.js'

interface MemoryStats {
  memory_stats: { usage?: number; stats?: { inactive_file?: number; total_inactive_file?: number } }
}

/**
 * Bytes of memory that the hosts of all labs of a home take, as `docker stats` counts: page cache that the kernel can
 * drop at once is not included. A host that is going down just now counts as nothing.
 */
export async function labMemory(docker: Docker, homeId: string): Promise<number> {
  const containers = await docker.listContainers({ filters: filterOf(homeId, undefined, 'host') })
  const bytes = await Promise.all(
    containers.map(async ({ Id }) => {
      try {
        // one-shot: without it the engine measures for a second, which only the processor figures need
        const options = { stream: false, 'one-shot': true } as unknown as { stream: false }
        const { memory_stats: memory } = (await docker.getContainer(Id).stats(options)) as unknown as MemoryStats
        const cache = memory.stats?.total_inactive_file ?? memory.stats?.inactive_file ?? 0
        return Math.max(0, (memory.usage ?? 0) - cache)
      } catch {
        return 0
      }
    }),
  )
  return bytes.reduce((sum, each) => sum + each, 0)
}
