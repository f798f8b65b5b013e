import { msOf, type CheckContext } from '../checks/index.js'
import type { FaultRecord } from '../contract/fault.js'
import type { LabAction } from './format.js'
import { waitUntil } from './wait-until.js'
import type { World } from './world.js'

/** Carries out what content may do to a lab without a terminal: faults, healing, waiting. */
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
  else await waitUntil(action.wait, context, msOf(action.within), signal)
}
