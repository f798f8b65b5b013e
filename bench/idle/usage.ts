import type { LabHandle } from '../../src-main/lab/handle.js'

/** One process at a moment: its name, and the processor time that it has taken in its whole life. */
export interface ProcessTime {
  pid: number
  name: string
  seconds: number
}

/** Processor time per process of a host. Those that came and went between two readings are in neither. */
export async function processTimes(handle: LabHandle, host: string): Promise<ProcessTime[]> {
  const script = 'getconf CLK_TCK; cat /proc/[0-9]*/stat 2>/dev/null; true'
  const { stdout } = await handle.exec(host, ['sh', '-c', script], { user: 'root', timeoutMs: 20_000 })
  const [tick, ...stats] = stdout.trim().split('\n')
  return stats.map((line) => timesIn(line, Number(tick)))
}

/** A line of /proc/PID/stat, as proc(5) has it: the name is in brackets and may hold spaces. */
export function timesIn(line: string, ticksPerSecond: number): ProcessTime {
  const end = line.lastIndexOf(')')
  const fields = line.slice(end + 2).split(' ')
  return {
    pid: Number.parseInt(line, 10),
    name: line.slice(line.indexOf('(') + 1, end),
    seconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
  }
}

/** Percent of one core per name of process between two readings, the dearest first; under 0.05 percent is left out. */
export function percentByName(
  before: readonly ProcessTime[],
  after: readonly ProcessTime[],
  seconds: number,
): [name: string, percent: number][] {
  const earlier = new Map(before.map((one) => [one.pid, one]))
  const sums = new Map<string, number>()
  for (const { pid, name, seconds: now } of after) {
    const then = earlier.get(pid)
    const spent = then?.name === name ? now - then.seconds : now
    sums.set(name, (sums.get(name) ?? 0) + (spent / seconds) * 100)
  }
  return [...sums].filter(([, percent]) => percent >= 0.05).toSorted((a, b) => b[1] - a[1])
}
