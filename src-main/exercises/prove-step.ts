import { setTimeout as pause } from 'node:timers/promises'
import { msOf, type CheckContext } from '../checks/index.js'
import { messageOf } from '../checks/check.js'
import type { AttemptView, StepView } from '../contract/exercise.js'
import { waitFor } from '../util/wait-for.js'
import type { Attempt } from './attempt.js'
import type { ActionSpec, StepSpec } from './format.js'
import { carryOutLabAction } from './lab-actions.js'
import { runBlocksIn } from './run-blocks.js'
import { valueOf } from './solution.js'
import { typeLine } from './typist.js'
import type { ProofWorld } from './world.js'

export interface Part {
  ok: boolean
  /** What was seen; where it is not ok, what was missing. */
  why: string
}
export interface DecoyProof extends Part {
  id: string
  /** The diagnosis that was shown; null when none was. */
  diagnosis: string | null
  seconds: number
}
export interface StepProof {
  step: string
  /** Everything below is ok. */
  proven: boolean
  why: string
  seconds: number
  /** Doing nothing for a while earns nothing. */
  idle: Part
  /** Every run block of the prose works, on its host. */
  blocks: (Part & { on: string; run: string })[]
  solution: Part & { seconds: number }
  decoys: DecoyProof[]
}

export interface StepProofInput {
  world: ProofWorld
  attempt: Attempt
  /** The step with the variables of this moment; asked anew after a reset. */
  step: () => StepSpec
  context: () => CheckContext
  idleMs: number
  signal: AbortSignal
  say: (line: string) => void
}

/** Proves one step on a lab whose attempt stands at its begin. Leaves the step done, or says why not. */
export async function proveStep(input: StepProofInput): Promise<StepProof> {
  const startedAt = Date.now()
  const since = (): number => Math.round((Date.now() - startedAt) / 100) / 10
  const { attempt, say } = input
  await begun(input)
  const { id } = attempt.view().step
  const idle = await part(() => proveIdle(input))
  say(`${id}: idle ${inWord(idle)}`)
  const blocks = await proveBlocks(input, attempt.view().step.prose, false)
  for (const block of blocks.filter((it) => !it.ok)) say(`${id}: run block failed: ${block.run}: ${block.why}`)
  const decoys: DecoyProof[] = []
  for (const { id: decoy } of input.step().decoys) {
    const proof = await proveDecoy(input, decoy)
    say(`${id}: decoy ${decoy} ${inWord(proof)}, ${proof.seconds} s`)
    decoys.push(proof)
  }
  const solvedFrom = Date.now()
  const solved = await part(() => proveSolution(input))
  const solution = { ...solved, seconds: Math.round((Date.now() - solvedFrom) / 100) / 10 }
  say(`${id}: solution ${inWord(solution)}, ${solution.seconds} s`)
  if (solution.ok) blocks.push(...(await proveBlocks(input, attempt.view().step.prose, true)))
  const named: [string, Part][] = [
    ['idle', idle],
    ...blocks.map((block): [string, Part] => [`run block "${block.run}"`, block]),
    ...decoys.map((decoy): [string, Part] => [`decoy ${decoy.id}`, decoy]),
    ['solution', solution],
  ]
  const failed = named.filter(([, one]) => !one.ok)
  const why = failed.map(([name, one]) => `${name}: ${one.why}`).join('; ')
  return {
    step: id,
    proven: failed.length === 0,
    why: why || 'proven',
    seconds: since(),
    idle,
    blocks,
    solution,
    decoys,
  }
}

/** Solves a step on the way to the one that is wanted, and proves nothing else of it. */
export async function solveStep(input: StepProofInput): Promise<Part> {
  await begun(input)
  const solved = await part(() => proveSolution(input))
  input.say(`${input.attempt.view().step.id}: solved on the way, ${inWord(solved)}`)
  return solved
}

const lastLines = (output: string): string =>
  output
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .slice(-4)
    .join(' / ')

const inWord = ({ ok, why }: Part): string => (ok ? 'ok' : `FAILED: ${why}`)

async function part(run: () => Promise<Part>): Promise<Part> {
  try {
    return await run()
  } catch (error) {
    return { ok: false, why: messageOf(error) }
  }
}

const wait = (
  input: StepProofInput,
  what: string,
  holds: (step: StepView) => boolean,
  withinMs: number,
): Promise<AttemptView> =>
  waitFor(
    () => input.attempt.view(),
    (view) => holds(view.step),
    { what, withinMs, everyMs: 50, signal: input.signal, describe: (view) => seen(view.step) },
  )

const begun = (input: StepProofInput): Promise<AttemptView> =>
  wait(input, 'the baseline of the step', (step) => step.baseline.ok, 120_000)

/** A step in one line, for reports. */
function seen({ checks, diagnosis, baseline, done }: StepView): string {
  if (!baseline.ok) return baseline.why
  const checked = checks.map(
    ({ id, result }) => `${id} ${result ? `${result.verdict} (${result.observed})` : 'not asked'}`,
  )
  return `${done ? 'done; ' : ''}${checked.join(', ')}; diagnosis ${diagnosis?.id ?? 'none'}`
}

async function proveIdle(input: StepProofInput): Promise<Part> {
  const { attempt, idleMs, signal } = input
  const acknowledged = input.context().sources.probe.stats()?.acknowledged ?? 0
  await pause(idleMs, undefined, { signal })
  const { step } = await attempt.check()
  const own = new Set(
    input
      .step()
      .checks.filter((check) => check.by === 'learner')
      .map((check) => check.id),
  )
  const earned = step.checks.filter((check) => own.has(check.id) && check.result?.verdict === 'pass').map((it) => it.id)
  if (step.done) return { ok: false, why: 'the step was done without anybody doing anything' }
  if (earned.length > 0) return { ok: false, why: `passed without anybody doing anything: ${earned.join(', ')}` }
  if (step.diagnosis) return { ok: false, why: `diagnosis ${step.diagnosis.id} was shown before anybody did anything` }
  const writes = (input.context().sources.probe.stats()?.acknowledged ?? 0) - acknowledged
  return { ok: true, why: `${idleMs / 1000} s, ${writes} writes by the probe, no check passed` }
}

/** `later`: blocks that only work once the step is done. */
async function proveBlocks(input: StepProofInput, prose: string, later: boolean): Promise<StepProof['blocks']> {
  const proofs: StepProof['blocks'] = []
  for (const block of runBlocksIn(prose).filter((it) => it.later === later)) {
    const proof = await part(async () => {
      const { host, kind, text, asks } = block
      const { ok, output } = await typeLine(input.world, { host, kind, text, asks, withinMs: 30_000 }, input.signal)
      return { ok, why: ok ? `${output.trim().split('\n').length} lines` : `on screen: ${lastLines(output)}` }
    })
    proofs.push({ ...proof, on: block.host ?? 'client', run: block.text })
  }
  return proofs
}

async function proveDecoy(input: StepProofInput, id: string): Promise<DecoyProof> {
  const startedAt = Date.now()
  const { attempt } = input
  const decoy = input.step().decoys.find((it) => it.id === id)!
  const { check, diagnosis, within } = decoy.fails
  const caught = (step: StepView): boolean =>
    step.diagnosis?.id === diagnosis && step.checks.find((it) => it.id === check)?.result?.verdict === 'fail'
  const refused: string[] = []
  const proof = await part(async () => {
    for (const action of decoy.do) refused.push(...(await carryOut(action, input, false)))
    await attempt.check()
    const what = [`diagnosis ${diagnosis} while ${check} fails`, ...refused].join(', although ')
    const { step } = await wait(input, what, caught, msOf(within))
    if (step.done) return { ok: false, why: 'the step was done' }
    const failed = step.checks.find((it) => it.id === check)!.result!
    return { ok: true, why: `${check} fails: expected ${failed.expected}; observed ${failed.observed}` }
  })
  const shown = attempt.view().step.diagnosis?.id ?? null
  // what only was answered disturbs nothing; everything else is made good before the next
  const disturbed = decoy.do.some((action) => 'fault' in action || 'run' in action || 'exec' in action)
  const back = await part(async () => {
    await attempt.reset({ signal: input.signal, ...(disturbed ? {} : { repair: false }) })
    await begun(input)
    return { ok: true, why: '' }
  })
  const seconds = Math.round((Date.now() - startedAt) / 100) / 10
  const told = back.ok ? proof : { ok: false, why: `${proof.why}; the reset failed: ${back.why}` }
  return { id, ...told, diagnosis: shown, seconds }
}

async function proveSolution(input: StepProofInput): Promise<Part> {
  for (const action of input.step().solution) await carryOut(action, input, true)
  const { step } = await wait(input, 'every check to pass', (it) => it.done, 120_000)
  return { ok: true, why: step.checks.map(({ id, result }) => `${id}: ${result?.observed}`).join('; ') }
}

/** What was typed and failed, in words. A decoy's command may well fail: that can be the mistake. */
async function carryOut(action: ActionSpec, input: StepProofInput, mustWork: boolean): Promise<string[]> {
  const { world, attempt, context, signal } = input
  if ('run' in action) {
    const host = action.on === 'client' ? null : action.on
    const { run: text, as: kind } = action
    const { ok, output } = await typeLine(world, { host, kind, text, withinMs: msOf(action.within) }, signal)
    if (ok) return []
    const failed = `"${text}" failed: ${lastLines(output)}`
    if (mustWork) throw new Error(failed)
    return [failed]
  } else if ('answer' in action) {
    const read = await waitFor(
      () => valueOf(action, context()),
      (it) => it.ok,
      {
        what: `a live value to answer ${action.answer} with`,
        withinMs: 30_000,
        signal,
        describe: (it) => (it.ok ? 'known' : it.why),
      },
    )
    if (read.ok) await attempt.answer(action.answer, read.value)
  } else await carryOutLabAction(action, world, context, signal, 'proof')
  return []
}
