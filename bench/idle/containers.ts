import type Docker from 'dockerode'
import { hostContainer } from '../../src-main/docker/hosts.js'
import type { Owner } from '../../src-main/docker/labels.js'

export interface HostUse {
  host: string
  /** As `docker stats` counts it: without page cache that the kernel can drop at once. */
  memoryBytes: number
  /** Processor time of all that ran in it so far, what has ended included. */
  cpuSeconds: number
}

interface Stats {
  memory_stats: { usage?: number; stats?: { inactive_file?: number; total_inactive_file?: number } }
  cpu_stats: { cpu_usage: { total_usage: number } }
}

/** What the engine's cgroups say of each host, now. */
export async function hostsUse(docker: Docker, owner: Owner, hosts: readonly string[]): Promise<HostUse[]> {
  return await Promise.all(
    hosts.map(async (host) => {
      const options = { stream: false, 'one-shot': true } as unknown as { stream: false }
      const stats = (await hostContainer(docker, owner, host).stats(options)) as unknown as Stats
      const { usage = 0, stats: parts = {} } = stats.memory_stats
      return {
        host,
        memoryBytes: usage - (parts.total_inactive_file ?? parts.inactive_file ?? 0),
        cpuSeconds: stats.cpu_stats.cpu_usage.total_usage / 1e9,
      }
    }),
  )
}
