import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { defineFault, type FaultContext } from './fault.js'
import { findProcess, look, processes, whyNoProcess, type Process } from './processes.js'

const options = z.strictObject({
  process: z
    .enum(processes)
    .describe(
      'Which process: a service of the host, postgres for the postmaster itself, or one of its children. The postmaster restarts all of PostgreSQL when walreceiver or archiver dies of KILL',
    ),
  signal: z
    .enum(['KILL', 'TERM', 'STOP'])
    .default('KILL')
    .describe('KILL: dies at once. TERM: is asked to end. STOP: hangs until it is healed'),
})
type Options = z.output<typeof options>

/** The process that was hit, as the kernel has it now. */
async function victim(context: FaultContext<Options>): Promise<{ pid: number; now: Process | null }> {
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
  refuses(context) {
    const { process, signal } = context.options
    if (process === 'archiver' && signal === 'TERM') {
      return Promise.resolve('PostgreSQL’s archiver takes no notice of TERM for a minute: use KILL or STOP')
    }
    return whyNoProcess(context, process)
  },
  async apply(context) {
    const { target, notes, exec, options: wanted } = context
    const found = await findProcess(context, wanted.process)
    if (!found) throw new Error(`${wanted.process} has just ended by itself`)
    const { pid, startedAt } = found
    Object.assign(notes, { pid, startedAt })
    await context.save()
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
