import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { endBehind, runsBehind, startBehind } from './background.js'
import { defineFault } from './fault.js'
import { findProcess, pidCommand, processes, whyNoProcess } from './processes.js'

const options = z.strictObject({
  process: z.enum(processes).describe('Which process dies; its supervisor, Patroni or the postmaster starts it again'),
  everySeconds: z.int().min(1).max(30).default(5).describe('Seconds between one death and the next'),
})

/** How many different processes of this name have to be seen. */
const livesForProof = 3

export const restartLoop = defineFault({
  kind: 'restart-loop',
  group: 'process',
  summary: 'A process dies again and again, and is started again and again',
  action: 'Let a process on {host} die again and again',
  proves: 'The kernel shows three different processes of that name, one after the other.',
  targets: 'any-host',
  options,
  needs: 'running',
  alone: true,
  whenGone: 'what killed the process went with the restart of {host}, or was ended by another hand',
  refuses: (context) => whyNoProcess(context, context.options.process),
  async apply(context) {
    const { target, options: wanted } = context
    const kill = `pid=$(${pidCommand(wanted.process)}) && kill -KILL "$pid"`
    await startBehind(context, `while :; do ${kill}; sleep ${wanted.everySeconds}; done`, 'root')
    return `Began to kill ${wanted.process} on ${target.name} every ${wanted.everySeconds} s`
  },
  async proveEffect(context): Promise<Proof> {
    const { notes, options: wanted } = context
    const seen = new Set((notes['seen'] ?? []) as string[])
    const found = await findProcess(context, wanted.process)
    if (found) notes['seen'] = [...seen.add(`${found.pid} ${found.startedAt}`)]
    return {
      holds: seen.size >= livesForProof,
      observed: `${seen.size} processes named ${wanted.process} seen, one after the other`,
    }
  },
  effectWithinMs: 120_000,
  heal: endBehind,
  async proveHealed(context): Promise<Proof> {
    const { options: wanted, target } = context
    const [killed, found] = await Promise.all([runsBehind(context), findProcess(context, wanted.process)])
    if (killed) return { holds: false, observed: `${wanted.process} on ${target.name} is still being killed` }
    const runs = found !== null && found.state !== 'Z'
    return { holds: runs, observed: runs ? `${wanted.process} runs, process ${found.pid}` : `no ${wanted.process} yet` }
  },
  healedWithinMs: 90_000,
  async holdsStill(context) {
    const { container } = await context.state()
    if (container !== 'running') return container === 'paused'
    return runsBehind(context)
  },
})
