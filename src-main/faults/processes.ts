import type { ServiceName } from '../contract/topology.js'
import type { FaultTarget } from './fault.js'

/** Processes that a fault can hit: supervised services, the postmaster, and two of its children. */
export const processes = [
  'postgres',
  'walreceiver',
  'archiver',
  'patroni',
  'etcd',
  'haproxy',
  'pgbackrest',
  'pgbouncer',
] as const
export type ProcessName = (typeof processes)[number]

type OnHost = Pick<FaultTarget, 'exec'>

const child = (title: string): string => `pgrep -o -u postgres -f '^postgres: ([^:]+: )?${title}( |$)'`
/** The postmaster names itself in its data directory, its children in their titles; the supervisor knows everybody else. */
const ofPostgres: Partial<Record<ProcessName, string>> = {
  postgres: 'head -n 1 "$PGDATA/postmaster.pid"',
  walreceiver: child('walreceiver'),
  archiver: child('archiver'),
}

/** A shell command that prints the process's number, or nothing. */
export const pidCommand = (name: ProcessName): string => ofPostgres[name] ?? `cat /etc/service/${name}/supervise/pid`

/** The service of a topology that the process belongs to: PostgreSQL is Patroni's. */
export const serviceOf = (name: ProcessName): ServiceName => (name in ofPostgres ? 'patroni' : (name as ServiceName))

/** Number of a process that runs now; null when there is none. */
export async function findPid({ exec }: OnHost, name: ProcessName): Promise<number | null> {
  const { stdout } = await exec(['sh', '-c', pidCommand(name)], { timeoutMs: 5_000 })
  const pid = Number.parseInt(stdout.trim(), 10)
  return Number.isInteger(pid) && pid > 1 ? pid : null
}

export interface Process {
  pid: number
  /** In clock ticks since the kernel's boot: with the number it names a process for good, as numbers are used again. */
  startedAt: string
  /** The kernel's letter: S sleeps, T is stopped, Z has ended. */
  state: string
}

/** One line of /proc/PID/stat. The command's name is in brackets and may hold anything. */
export function parseStat(line: string): Omit<Process, 'pid'> {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '?', startedAt: fields[19] ?? '?' }
}

/** What the kernel says of a process; null: no such process. */
export async function look({ exec }: OnHost, pid: number): Promise<Process | null> {
  const { code, stdout } = await exec(['cat', `/proc/${pid}/stat`], { timeoutMs: 5_000 })
  return code === 0 ? { pid, ...parseStat(stdout) } : null
}

/** The process as the kernel has it now, found by its name. */
export async function findProcess(host: OnHost, name: ProcessName): Promise<Process | null> {
  const pid = await findPid(host, name)
  return pid === null ? null : look(host, pid)
}

/** In the words of a refusal why the target has no such process; null when it has one. */
export async function whyNoProcess(
  context: OnHost & Pick<FaultTarget, 'target'>,
  name: ProcessName,
): Promise<string | null> {
  const { target } = context
  if (!target.services.includes(serviceOf(name))) {
    return `${target.name} runs ${target.services.join(', ')}, and no ${name}`
  }
  return (await findProcess(context, name)) ? null : `${name} does not run on ${target.name} now`
}
