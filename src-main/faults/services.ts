import type { ServiceName } from '../contract/topology.js'
import type { FaultTarget } from './fault.js'

type Reach = Pick<FaultTarget, 'execOn'>

/** What the supervisor of a host says of a service, in a line: `run: etcd: (pid 71) 12s`, `down: etcd: 3s, normally up`. */
export async function supervised({ execOn }: Reach, host: string, service: ServiceName): Promise<string> {
  const { stdout } = await execOn(host, ['sv', 'status', service], { timeoutMs: 5_000 })
  return stdout.split(';')[0]!.trim()
}

export const isRunning = (said: string): boolean => said.startsWith('run:')

/** Tells the supervisor to end a service and not to start it again. Resolves once it has ended. */
export async function takeDown({ execOn }: Reach, host: string, service: ServiceName): Promise<void> {
  const { code, stdout } = await execOn(host, ['sv', '-w', '50', 'down', service], { timeoutMs: 60_000 })
  if (code !== 0) throw new Error(`sv on ${host} said: ${stdout.trim()}`)
}

/** Tells the supervisor to start a service and to keep it up. Resolves as soon as it is told: whether it serves is for a proof. */
export async function bringUp({ execOn }: Reach, host: string, service: ServiceName): Promise<void> {
  const { code, stdout } = await execOn(host, ['sv', 'up', service], { timeoutMs: 10_000 })
  if (code !== 0) throw new Error(`sv on ${host} said: ${stdout.trim()}`)
}

/** Which of these ports have a listener on the host, as its kernel lists them. */
export async function listeners({ execOn }: Reach, host: string, ports: readonly number[]): Promise<number[]> {
  const { stdout } = await execOn(host, ['ss', '--no-header', '--listening', '--tcp', '--numeric'], {
    timeoutMs: 5_000,
  })
  return portsIn(stdout).filter((port) => ports.includes(port))
}

/** Local ports in what `ss` prints: `LISTEN 0 128 0.0.0.0:8008 0.0.0.0:*`. */
export const portsIn = (listed: string): number[] => [
  ...new Set(
    listed
      .split('\n')
      .map((line) => Number(/^\S+\s+\S+\s+\S+\s+\S*:(\d+)\s/.exec(line)?.[1]))
      .filter(Number.isInteger),
  ),
]
