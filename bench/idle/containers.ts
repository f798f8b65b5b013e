import type Docker from 'dockerode'
import { hostContainer } from '../../src-main/docker/hosts.js'
import type { Owner } from '../../src-main/docker/labels.js'

export interface HostUse {
  host: string
  /** Without page cache: what the kernel cannot drop and read again. */
  memoryBytes: number
  /** As `docker stats` counts it: with page cache that was used twice, such as what initdb wrote and a backup read. */
  statsBytes: number
  /** Processor time of all that ran in it so far, what has ended included. */
  cpuSeconds: number
}

interface Stats {
  memory_stats: { usage?: number; stats?: Record<string, number> }
  cpu_stats: { cpu_usage: { total_usage: number } }
}

/** What the engine's cgroups say of each host, now. */
export async function hostsUse(docker: Docker, owner: Owner, hosts: readonly string[]): Promise<HostUse[]> {
  return await Promise.all(
    hosts.map(async (host) => {
      const options = { stream: false, 'one-shot': true } as unknown as { stream: false }
      const stats = (await hostContainer(docker, owner, host).stats(options)) as unknown as Stats
      const { usage = 0, stats: parts = {} } = stats.memory_stats
      // the names of cgroup v1, then those of v2
      const cache = (which: string): number => parts[`total_${which}_file`] ?? parts[`${which}_file`] ?? 0
      const statsBytes = usage - cache('inactive')
      return {
        host,
        memoryBytes: statsBytes - cache('active'),
        statsBytes,
        cpuSeconds: stats.cpu_stats.cpu_usage.total_usage / 1e9,
      }
    }),
  )
}
