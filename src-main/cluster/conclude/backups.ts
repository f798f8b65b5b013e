import type { LabEvent } from '../../contract/record.js'
import { engineClock, type Clocks } from '../clocks.js'
import type { Fact } from '../facts.js'
import { event } from './event.js'

const typeNames: Record<string, string> = { full: 'full', diff: 'differential', incr: 'incremental' }

/** An event per backup that ended since the first look, of each repository. */
export function concludeBackups(clocks: Clocks): (fact: Fact) => LabEvent[] {
  const known = new Map<string, Set<string>>()
  return (fact) => {
    if (fact.source !== 'backup') return []
    const { host } = fact
    const labels = new Set(fact.reading.backups.map(({ label }) => label))
    const before = known.get(host)
    known.set(host, new Set([...(before ?? []), ...labels]))
    if (!before) return []
    return fact.reading.backups
      .filter(({ label }) => !before.has(label))
      .map((backup) => {
        const text = `${typeNames[backup.type] ?? backup.type} backup ${backup.label}`
        const ended = clocks.toApp(engineClock, backup.stoppedAt) ?? { t: backup.stoppedAt, u: 0 }
        // pgBackRest keeps whole seconds
        const extra = { host, u: 1000 + ended.u, data: { ...backup } }
        return event(Math.min(ended.t, fact.t), 'backup', 'pgbackrest', text, extra)
      })
  }
}
