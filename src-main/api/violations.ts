import { violation, type Violation } from '../contract/cluster.js'
import type { LabRecord } from '../contract/record.js'

export interface Violations {
  take(record: LabRecord): void
  list(): Violation[]
}

/** Enough for a screen; the records have all of them. */
const most = 50

/** The invariants that were broken, from the records: since the lab's first boot, also by what another process saw. */
export function keepViolations(records: readonly LabRecord[]): Violations {
  let kept: Violation[] = []
  const isSame = (a: Violation, b: Violation): boolean =>
    a.invariant === b.invariant && a.from === b.from && a.hosts.join() === b.hosts.join()
  const take = (record: LabRecord): void => {
    if (record.k !== 'event' || !record.kind.startsWith('invariant.')) return
    // records of earlier versions tell less
    const said = violation.safeParse({ ...record.data, text: record.text })
    if (!said.success) return
    kept = [...kept.filter((one) => !isSame(one, said.data)), said.data].slice(-most)
  }
  for (const record of records) take(record)
  return { take, list: () => kept }
}
