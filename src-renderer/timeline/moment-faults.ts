import type { FaultCut, FaultRecord } from '../../src-main/contract/fault.js'
import type { EventKind, LabEvent } from '../../src-main/contract/record.js'
import { textIn } from './event-data.js'

const takesAway: readonly EventKind[] = ['host.crashed', 'host.stopped', 'host.frozen']
/** The fault and the engine's word about its host are this near to each other. */
const sameThingMs = 5_000

/** Faults that were applied and not over by then, with what they cut, from the events before that moment. */
export function faultsAt(before: readonly LabEvent[]): FaultRecord[] {
  let open: FaultRecord[] = []
  const wentAt = new Map<string, number>()
  for (const event of before) {
    const { kind, host, data, t } = event
    if (!host) continue
    if (takesAway.includes(kind)) wentAt.set(host, t)
    if (kind === 'fault.applied' && !data['momentary']) open.push(appliedBy(event, host))
    if (kind === 'fault.healed') {
      const id = textIn(data, 'id')
      open = open.filter((fault) => (id ? fault.id !== id : fault.target !== host))
    }
    if (kind === 'host.started' || kind === 'host.thawed') {
      // what took the host away is over, and rules of its network go with a restart; what lies on its disk stays
      const tookIt = (fault: FaultRecord): boolean =>
        Math.abs(fault.appliedAt - (wentAt.get(host) ?? 0)) < sameThingMs ||
        (kind === 'host.started' && fault.cuts !== undefined)
      open = open.filter((fault) => fault.target !== host || !tookIt(fault))
    }
  }
  return open
}

const authors: readonly FaultRecord['by'][] = ['learner', 'exercise', 'cli', 'proof']

function appliedBy({ data, t }: LabEvent, target: string): FaultRecord {
  const did = textIn(data, 'did')
  const cuts = Array.isArray(data['cuts']) ? data['cuts'].filter(isCut) : []
  return {
    id: textIn(data, 'id') ?? `${t}`,
    kind: textIn(data, 'fault') ?? '',
    target,
    options: {},
    state: 'active',
    appliedAt: t,
    ...(cuts.length > 0 && { cuts }),
    ...(did && { did }),
    by: authors.find((each) => each === data['by']) ?? 'learner',
  }
}

/** Events carry data of many shapes, also those of a newer version. */
function isCut(value: unknown): value is FaultCut {
  const { from, to, services } = value as Partial<FaultCut>
  return typeof from === 'string' && typeof to === 'string' && Array.isArray(services)
}
