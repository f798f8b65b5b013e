import type { FaultRecord } from '../contract/fault.js'
import type { EventKind, LabEvent, LabRecord } from '../contract/record.js'
import { appClock } from '../util/clock.js'

type Told = Extract<EventKind, `fault.${string}`>

/** It took effect and there is nothing to heal: a process that was killed, a host that was started. */
const isMomentary = ({ state, did, healing }: FaultRecord): boolean =>
  state === 'ended' && did !== undefined && healing === undefined

function kindOf(record: FaultRecord): Told | null {
  const { state, did, healing } = record
  if (state === 'active') return healing?.holds === false ? 'fault.failed' : 'fault.applied'
  if (state === 'healed') return 'fault.healed'
  if (state === 'failed') return 'fault.failed'
  if (isMomentary(record)) return 'fault.applied'
  // over by another hand; what was only scheduled and is cancelled did nothing
  return state === 'ended' && did !== undefined && healing !== undefined ? 'fault.healed' : null
}

function wordsOf({ kind, target, state }: FaultRecord, told: Told): string {
  const words = `${kind.replaceAll('-', ' ')} ${target}`
  if (told === 'fault.failed') return state === 'active' ? `not healed: ${words}` : `failed: ${words}`
  if (told === 'fault.healed') return state === 'ended' ? `over: ${words}` : `healed ${words}`
  return words
}

/** The mark that a fault's change leaves on the timeline, or null for states on the way to another. */
export function faultEvent(record: FaultRecord, now = appClock.now()): LabEvent | null {
  const kind = kindOf(record)
  if (!kind) return null
  const { id, kind: fault, target, options, by, effect, healing, schedule, cuts, did } = record
  return {
    t: kind === 'fault.applied' ? record.appliedAt : (record.healedAt ?? now),
    k: 'event',
    kind,
    ...(target !== schedule?.role && { host: target }), // nobody had the role when it was due
    text: wordsOf(record, kind),
    data: {
      id,
      fault,
      target,
      options,
      by,
      ...(isMomentary(record) && { momentary: true }),
      ...(cuts && { cuts }),
      ...(did && { did }),
      ...(effect && { effect }),
      ...(healing && { healing }),
    },
    source: 'app',
  }
}

/**
 * What a fault's record adds to a flight record that has `records` already: each thing once, however often a heal is
 * tried, and with its beginning where an app that is gone had no time to tell it.
 */
export function tellFaults(records: readonly LabRecord[]): (record: FaultRecord) => LabEvent[] {
  const keyOf = ({ kind, data }: LabEvent): string => `${kind} ${String(data['id'])}`
  const told = new Set(
    records.flatMap((each) => (each.k === 'event' && each.kind.startsWith('fault.') ? [keyOf(each)] : [])),
  )
  return (record) => {
    const event = faultEvent(record)
    if (!event) return []
    const began = event.kind !== 'fault.applied' && record.did !== undefined && record.state !== 'failed'
    const { healing: _, ...before } = record
    const events = [...(began ? [faultEvent({ ...before, state: 'active' })!] : []), event]
    const fresh = events.filter((each) => !told.has(keyOf(each)))
    for (const each of fresh) told.add(keyOf(each))
    return fresh
  }
}
