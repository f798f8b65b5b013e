import type { FaultRecord } from '../contract/fault.js'
import type { EventKind, LabEvent, LabRecord } from '../contract/record.js'

/** A fault is in the ledger before it acts, and is told a moment after. */
const settleMs = 3_000
/** What a fault did may be noticed this long after it was healed: a lost member, a host that comes up again. */
const afterMs = 10_000
const beforeMs = 2_000
/** All hosts at once: somebody takes a checkpoint of the whole lab. */
const togetherMs = 3_000

const watched: readonly EventKind[] = ['host.crashed', 'host.stopped', 'host.frozen', 'etcd.lost']

export interface UnexplainedInput {
  hosts: number
  faults: () => readonly FaultRecord[]
  append: (record: LabRecord) => void
}

/**
 * Every fault is accounted for: a host that went down, froze or was cut off without a fault in the ledger that explains it
 * is told. It is no violation: a learner may have done it by hand, or the machine is out of memory.
 */
export function watchUnexplained({ hosts, faults, append }: UnexplainedInput) {
  const timers = new Set<NodeJS.Timeout>()
  let recent: LabEvent[] = []

  const judge = (event: LabEvent): void => {
    const near = recent.filter((one) => one.kind === event.kind && Math.abs(one.t - event.t) < togetherMs)
    const isWholeLab = event.kind.startsWith('host.') && new Set(near.map(({ host }) => host)).size >= hosts
    // a host that is away takes its member of etcd with it
    const isEcho = event.kind === 'etcd.lost' && recent.some((one) => one.host === event.host && one !== event)
    if (isWholeLab || isEcho || faults().some((fault) => explains(fault, event))) return
    const text = `no fault explains: ${event.text}`
    const data = { kind: event.kind, at: event.t }
    append({ t: event.t, k: 'event', kind: 'unexplained', host: event.host, text, data, source: 'app' })
  }
  return {
    take(record: LabRecord): void {
      // a container that is gone was removed with its lab
      if (record.k !== 'event' || !watched.includes(record.kind) || isRemoved(record)) return
      recent = [...recent.slice(-20), record]
      const timer = setTimeout(() => {
        timers.delete(timer)
        judge(record)
      }, settleMs)
      timers.add(timer)
    },
    stop(): void {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}

const isRemoved = ({ kind, data }: LabEvent): boolean => kind === 'host.crashed' && data['how'] === undefined

/** Whether a fault was there at that time, and reaches that host. */
function explains(
  { target, cuts = [], state, appliedAt, healedAt }: FaultRecord,
  { t, u = 0, host }: LabEvent,
): boolean {
  const reaches = target === host || cuts.some(({ from, to }) => from === host || to === host)
  // how it ended does not matter: one that failed may have acted all the same
  const until = state === 'active' || state === 'applying' || state === 'healing' ? Infinity : (healedAt ?? appliedAt)
  return reaches && t >= appliedAt - beforeMs && t - u <= until + afterMs
}
