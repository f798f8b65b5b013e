import type { FaultRecord } from '../contract/fault.js'
import type { EventKind, LabEvent } from '../contract/record.js'
import { appClock } from '../util/clock.js'

const kinds: Partial<Record<FaultRecord['state'], EventKind>> = {
  active: 'fault.applied',
  healed: 'fault.healed',
  failed: 'fault.failed',
}

/** The mark that a fault's change leaves on the timeline, or null for states on the way to another. */
export function faultEvent(record: FaultRecord, now = appClock.now()): LabEvent | null {
  const kind = kinds[record.state]
  if (!kind) return null
  const words = record.kind.replaceAll('-', ' ')
  const text = { 'fault.applied': `${words} ${record.target}`, 'fault.healed': `healed ${words} ${record.target}` }[
    kind as string
  ]
  const { id, kind: fault, target, options, by, effect, healing, schedule, cuts, did } = record
  return {
    t: kind === 'fault.applied' ? record.appliedAt : (record.healedAt ?? now),
    k: 'event',
    kind,
    ...(target !== schedule?.role && { host: target }), // nobody had the role when it was due
    text: text ?? `failed: ${words} ${target}`,
    data: {
      id,
      fault,
      target,
      options,
      by,
      ...(cuts && { cuts }),
      ...(did && { did }),
      ...(effect && { effect }),
      ...(healing && { healing }),
    },
    source: 'app',
  }
}
