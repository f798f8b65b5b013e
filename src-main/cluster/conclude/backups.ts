import type { LabEvent } from '../../contract/record.js'
import type { Fact } from '../facts.js'
import { event } from './event.js'

const typeNames: Record<string, string> = { full: 'full', diff: 'differential', incr: 'incremental' }

/** An event per backup that ended since the first look. */
export function concludeBackups(): (fact: Fact) => LabEvent[] {
  let known: Set<string> | null = null
  return (fact) => {
    if (fact.source !== 'backup') return []
    const labels = new Set(fact.reading.backups.map(({ label }) => label))
    const before = known
    known = new Set([...(before ?? []), ...labels])
    if (!before) return []
    return fact.reading.backups
      .filter(({ label }) => !before.has(label))
      .map((backup) => {
        const text = `${typeNames[backup.type] ?? backup.type} backup ${backup.label}`
        // pgBackRest keeps whole seconds
        return event(Math.min(backup.stoppedAt, fact.t), 'backup', 'pgbackrest', text, { u: 1000, data: { ...backup } })
      })
  }
}
