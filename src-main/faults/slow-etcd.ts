import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import { endBehind, runsBehind, startBehind } from './background.js'
import { clientUrl } from './etcd-members.js'
import { defineFault, type FaultContext } from './fault.js'
import { findProcess, pidCommand, whyNoProcess } from './processes.js'

const options = z.strictObject({
  stallMs: z.int().min(100).max(5_000).default(400).describe('Milliseconds for which etcd stands still each time'),
  runMs: z.int().min(10).max(5_000).default(100).describe('Milliseconds for which it works in between'),
})
type Context = FaultContext<z.output<typeof options>>

const samples = 10

/**
 * How long a member takes to answer a read that needs a quorum, in ms, slowest first: asked often enough, and spread over
 * one round of the fault, so that a stall can't be missed. A question without an answer counts as its limit.
 */
async function answerTimes(context: Context): Promise<number[]> {
  const {
    exec,
    target,
    options: { stallMs, runMs },
  } = context
  const pauseS = (stallMs + runMs) / 1000 / samples
  const limitS = Math.ceil(stallMs / 1000) + 2
  const ask = `curl --silent --output /dev/null --max-time ${limitS} --write-out '%{time_total}\\n' ${clientUrl(context, target.name)}/health`
  const script = `for n in $(seq ${samples}); do ${ask}; sleep ${pauseS}; done`
  const { stdout } = await exec(['sh', '-c', script], { timeoutMs: 1_000 * samples * (limitS + pauseS) })
  return parseSeconds(stdout)
}

/** Seconds a line each, as ms, slowest first. */
export const parseSeconds = (text: string): number[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Math.round(Number(line) * 1000))
    .toSorted((a, b) => b - a)

const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? Infinity
const shown = (sorted: readonly number[]): string =>
  `${sorted.length} reads with a quorum: slowest ${sorted[0] ?? '?'} ms, median ${median(sorted)} ms`

export const slowEtcd = defineFault({
  kind: 'slow-etcd',
  group: 'consensus',
  summary: 'A member of etcd stalls again and again, as on a disk that is too slow for it',
  action: 'Slow etcd on {host} down',
  proves: 'Reads that need a quorum, asked at the member, wait for its stalls.',
  targets: 'any-host',
  options,
  needs: 'running',
  alone: true,
  whenGone: 'what stalled etcd went with the restart of {host}, or was ended by another hand',
  refuses: (context) => whyNoProcess(context, 'etcd'),
  async apply(context) {
    const { target, notes, options: wanted } = context
    notes['before'] = shown(await answerTimes(context))
    await context.save()
    const [stallS, runS] = [wanted.stallMs / 1000, wanted.runMs / 1000]
    // its number is asked anew each time: a restarted etcd is slow as well
    const round = `pid=$(${pidCommand('etcd')}); kill -STOP $pid; sleep ${stallS}; kill -CONT $pid; sleep ${runS}`
    await startBehind(context, `while :; do ${round}; done`, 'root')
    return `Began to stall etcd on ${target.name} for ${wanted.stallMs} of every ${wanted.stallMs + wanted.runMs} ms`
  },
  async proveEffect(context): Promise<Proof> {
    const times = await answerTimes(context)
    const observed = `${shown(times)}; before: ${context.notes['before'] as string}`
    return { holds: (times[0] ?? 0) >= context.options.stallMs / 2, observed }
  },
  effectWithinMs: 60_000,
  async heal(context) {
    await endBehind(context)
    const etcd = await findProcess(context, 'etcd') // which may have been left in the middle of a stall
    if (etcd) await context.exec(['kill', '-CONT', String(etcd.pid)], { timeoutMs: 5_000 })
  },
  async proveHealed(context): Promise<Proof> {
    const [stalls, etcd] = await Promise.all([runsBehind(context), findProcess(context, 'etcd')])
    if (stalls) return { holds: false, observed: 'it is still being stalled' }
    if (!etcd || etcd.state === 'T') return { holds: false, observed: etcd ? 'etcd stands still' : 'no etcd runs' }
    const times = await answerTimes(context)
    return { holds: median(times) < context.options.stallMs / 2, observed: shown(times) }
  },
  healedWithinMs: 60_000,
  async holdsStill(context) {
    const { container } = await context.state()
    if (container !== 'running') return container === 'paused'
    if (await runsBehind(context)) return true
    return (await findProcess(context, 'etcd'))?.state === 'T'
  },
})
