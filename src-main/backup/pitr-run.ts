import { setTimeout as pause } from 'node:timers/promises'
import { DojoError } from '../contract/errors.js'
import type { ExecResult, LabHandle } from '../lab/handle.js'
import { logFor } from '../util/log.js'
import { logged } from '../util/logged.js'
import type { PitrFile } from './pitr-file.js'
import { stepsOf, type Command, type Step } from './pitr-steps.js'
import type { Tools } from './pitr-verify.js'
import { findProduction } from './production.js'
import { pgbackrestError } from './repository.js'

const log = logFor('backup')
const commandS = 3_600

export interface Run {
  handle: LabHandle
  file: PitrFile
  /** Keeps what the file says now, durably, before and after every step. */
  save(): Promise<void>
  signal: AbortSignal
}

/**
 * Carries out what is left of a recovery. Every step can be carried out again, so whoever was cut off begins with the
 * first that is not known to be done. Rejects with the reason of the step that failed; the file has it by then.
 */
export async function runPitr({ handle, file, save, signal }: Run): Promise<void> {
  const tools = toolsOf(handle, signal)
  for (;;) {
    const step = stepsOf(file.recovery).find(({ id }) => file.progress[id]?.state !== 'done')
    if (!step) return
    const startedAt = performance.now()
    const seconds = (): number => Math.round(performance.now() - startedAt) / 1000
    file.progress[step.id] = { state: 'running', seconds: null, observed: null }
    await save()
    try {
      const where = { lab: handle.info.lab, step: step.id }
      const observed = await logged(log, 'recovery step', where, () => carryOut(step, handle, tools))
      file.progress[step.id] = { state: 'done', seconds: seconds(), observed }
    } catch (error) {
      signal.throwIfAborted()
      const [, ...older] = file.recovery.candidates
      if (error instanceof DojoError && error.code === 'target-missed' && older.length > 0) {
        // a name or a transaction id may be before this backup: an older one is tried, from its restore on
        file.recovery.candidates = older
        for (const id of ['spare-restore', 'spare-recover']) delete file.progress[id]
        continue
      }
      const why = error instanceof Error ? error.message : String(error)
      const observed = error instanceof DojoError ? `${error.said.what}: ${error.said.why}` : why
      file.progress[step.id] = { state: 'failed', seconds: seconds(), observed }
      throw error
    }
    await save()
  }
}

async function carryOut(step: Step, handle: LabHandle, tools: Tools): Promise<string> {
  const outputs: string[] = []
  for (const command of step.commands) outputs.push(await carryOutOne(command, handle, tools.signal))
  try {
    return await step.verify(tools, outputs)
  } catch (error) {
    tools.signal.throwIfAborted()
    if (error instanceof DojoError) throw error
    throw failed(step.title, error instanceof Error ? error.message : String(error), handle.info.lab)
  }
}

async function carryOutOne(command: Command, handle: LabHandle, signal: AbortSignal): Promise<string> {
  const { on, run, mayFail = false, retryS = 0, timeoutS = commandS } = command
  const until = performance.now() + retryS * 1000
  for (;;) {
    const { code, stdout, stderr } = await tried(handle, on, run, timeoutS, signal)
    if (code === 0 || mayFail) return stdout
    if (performance.now() >= until) {
      const said =
        pgbackrestError(stdout + stderr) ?? (`${stderr}${stdout}`.trim() || `it ended with exit code ${code}`)
      throw failed(`\`${run}\` on ${on}`, said, handle.info.lab)
    }
    await pause(1_000, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

/** A command that takes too long was ended, and has failed like any other: it may be tried again. */
async function tried(
  handle: LabHandle,
  on: string,
  run: string,
  timeoutS: number,
  signal: AbortSignal,
): Promise<ExecResult> {
  try {
    return await handle.exec(on, ['bash', '-c', run], { timeoutMs: timeoutS * 1000, signal })
  } catch (error) {
    if (!(error instanceof DojoError && error.code === 'wait-timed-out')) throw error
    return { code: 124, stdout: '', stderr: error.said.what }
  }
}

const failed = (what: string, why: string, lab: string): DojoError =>
  new DojoError('pitr-failed', {
    what: `The recovery stopped at: ${what}`,
    why,
    next: `See to that, then go on with \`dojo pitr ${lab} --resume\``,
  })

/** What looks at a lab, for steps. */
export function toolsOf(handle: LabHandle, signal: AbortSignal): Tools {
  const sh: Tools['sh'] = async (host, command) => {
    const { code, stdout, stderr } = await handle.exec(host, ['bash', '-c', command], { timeoutMs: 30_000, signal })
    if (code === 0) return stdout
    throw new Error(`on ${host}, \`${command}\` ended with ${code}${stderr ? `: ${stderr.trim()}` : ''}`)
  }
  return {
    sh,
    async sql(host, query, how = '') {
      const argv = ['psql', '-XAtq', '-F', '\t', ...how.split(' ').filter(Boolean), '-d', 'postgres', '-c', query]
      const { code, stdout, stderr } = await handle.exec(host, argv, { timeoutMs: 10_000, signal })
      if (code !== 0) throw new Error(`${host} does not answer: ${stderr.trim()}`)
      return stdout.split('\n')[0]!.split('\t')
    },
    production: () => findProduction(handle, signal),
    signal,
  }
}
