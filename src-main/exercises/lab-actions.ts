import { msOf, type CheckContext } from '../checks/index.js'
import { DojoError } from '../contract/errors.js'
import type { FaultRecord } from '../contract/fault.js'
import type { LabAction } from './format.js'
import { waitUntil } from './wait-until.js'
import type { World } from './world.js'

/** Carries out what content may do to a lab without a terminal: faults, healing, commands, waiting. */
export async function carryOutLabAction(
  action: LabAction,
  world: World,
  context: () => CheckContext,
  signal: AbortSignal,
  by: FaultRecord['by'] = 'exercise',
): Promise<void> {
  if ('fault' in action) {
    await world.faults.inject({ kind: action.fault, target: action.target, options: action.options, by })
  } else if ('heal' in action) await world.faults.heal()
  else if ('exec' in action) await runOn(action, world, signal)
  else await waitUntil(action.wait, context, msOf(action.within), signal)
}

type Exec = Extract<LabAction, { exec: string[] }>

async function runOn({ on, exec, within }: Exec, world: World, signal: AbortSignal): Promise<void> {
  const { code, stdout, stderr } = await world.run(on, exec, { timeoutMs: msOf(within), signal })
  if (code === 0) return
  throw new DojoError('command-failed', {
    what: `\`${exec.join(' ')}\` on ${on} ended with exit code ${code}`,
    why: (stderr.trim() || stdout.trim() || 'it said nothing').split('\n').slice(-2).join(' / '),
    next: 'The exercise needs it to prepare the step; reset the step to try it again',
  })
}
