import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { defineFault, type FaultContext } from './fault.js'

const processes = ['postgres', 'patroni', 'etcd', 'haproxy', 'pgbackrest', 'pgbouncer'] as const

const options = z.strictObject({
  process: z.enum(processes).describe('Which process: a service of the host, or postgres for the postmaster itself'),
  signal: z
    .enum(['KILL', 'TERM', 'STOP'])
    .default('KILL')
    .describe('KILL: dies at once. TERM: is asked to end. STOP: hangs until it is healed'),
})
type Options = z.output<typeof options>

/** The postmaster names itself in its data directory; the supervisor knows everybody else. */
const pidCommand = (process: Options['process']): string =>
  process === 'postgres' ? 'head -n 1 "$PGDATA/postmaster.pid"' : `cat /etc/service/${process}/supervise/pid`

/** A process by its number and its start, as numbers are used again. `state` is the kernel's letter; null: no such process. */
async function look(
  { exec }: FaultContext<Options>,
  pid: number,
): Promise<{ startedAt: string; state: string } | null> {
  const { code, stdout } = await exec(['cat', `/proc/${pid}/stat`], { timeoutMs: 5_000 })
  if (code !== 0) return null
  // the command's name is in brackets and may hold anything
  const fields = stdout.slice(stdout.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '?', startedAt: fields[19] ?? '?' }
}

async function findPid({ exec, options }: FaultContext<Options>): Promise<number | null> {
  const { stdout } = await exec(['sh', '-c', pidCommand(options.process)], { timeoutMs: 5_000 })
  const pid = Number.parseInt(stdout.trim(), 10)
  return Number.isInteger(pid) && pid > 1 ? pid : null
}

/** The process that was hit, as the kernel has it now. */
async function victim(context: FaultContext<Options>): Promise<{ pid: number; now: Awaited<ReturnType<typeof look>> }> {
  const { pid, startedAt } = context.notes as { pid: number; startedAt: string }
  const now = await look(context, pid)
  return { pid, now: now?.startedAt === startedAt ? now : null }
}

export const kill = defineFault({
  kind: 'kill',
  group: 'process',
  summary: 'One process on the host gets a signal; the host and everything else on it goes on',
  action: 'Kill a process on {host}',
  proves: 'The kernel has no such process any more, by number and start time; after STOP it is in state T.',
  targets: 'any-host',
  options,
  needs: 'running',
  momentary: ({ signal }) => signal !== 'STOP',
  async refuses(context) {
    const { target, options: wanted } = context
    const service = wanted.process === 'postgres' ? 'patroni' : wanted.process
    if (!target.services.includes(service)) {
      return `${target.name} runs ${target.services.join(', ')}, and no ${wanted.process}`
    }
    const pid = await findPid(context)
    const found = pid === null ? null : await look(context, pid)
    return found ? null : `${wanted.process} does not run on ${target.name} now`
  },
  async apply(context) {
    const { target, notes, exec, options: wanted } = context
    const pid = await findPid(context)
    const found = pid === null ? null : await look(context, pid)
    if (!found) throw new Error(`${wanted.process} has just ended by itself`)
    Object.assign(notes, { pid, startedAt: found.startedAt })
    const { code, stderr } = await exec(['kill', `-${wanted.signal}`, String(pid)], { timeoutMs: 5_000 })
    if (code !== 0) throw new Error(`kill said: ${stderr.trim()}`)
    return `Sent ${wanted.signal} to ${wanted.process} on ${target.name}, process ${pid}`
  },
  async proveEffect(context): Promise<Proof> {
    const { pid, now } = await victim(context)
    if (context.options.signal === 'STOP') {
      return {
        holds: now?.state === 'T',
        observed: now ? `process ${pid} is in state ${now.state}` : `process ${pid} is gone`,
      }
    }
    const gone = now === null || now.state === 'Z'
    return { holds: gone, observed: gone ? `process ${pid} is gone` : `process ${pid} is still there` }
  },
  // TERM lets a service end in order, and PostgreSQL may wait for its standby to be released
  effectWithinMs: 60_000,
  async heal(context) {
    const { pid, now } = await victim(context)
    if (now) await context.exec(['kill', '-CONT', String(pid)], { timeoutMs: 5_000 })
  },
  async proveHealed(context): Promise<Proof> {
    const { pid, now } = await victim(context)
    const goesOn = now?.state !== 'T'
    return { holds: goesOn, observed: now ? `process ${pid} is in state ${now.state}` : `process ${pid} is gone` }
  },
  healedWithinMs: 10_000,
  async holdsStill(context) {
    const state = await context.state()
    if (state.container !== 'running') return state.container === 'paused'
    return (await victim(context)).now?.state === 'T'
  },
})
