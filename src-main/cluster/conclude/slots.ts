import type { PostgresReading } from '../../contract/cluster.js'
import type { LabEvent } from '../../contract/record.js'
import type { Fact } from '../facts.js'
import { event } from './event.js'

type Slot = NonNullable<PostgresReading['slots']>[number]

/** A standby that restarts leaves its slot for a moment; only one that stays away is news. */
const quietMs = 10_000
/** Held WAL is told from here on, and again whenever it doubled. */
const muchBytes = 64 * 1024 * 1024

interface Seen {
  slot: Slot
  /** Somebody used it while it was watched. */
  used: boolean
  idleSince: number | null
  u: number
  told: boolean
  /** Bytes that were told last. */
  toldBytes: number
}

const mib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`

/**
 * Replication slots of primaries: made, dropped, left by their standby while WAL is kept for them. Patroni keeps slots for
 * the others on standbys too, where nobody uses them: those are followed, and not told.
 */
export function concludeSlots(): (fact: Fact) => LabEvent[] {
  const hosts = new Map<string, Map<string, Seen>>()
  return (fact) => {
    if (fact.source === 'jump') {
      for (const slots of hosts.values())
        for (const seen of slots.values()) if (seen.idleSince !== null) seen.idleSince += fact.axisMs
    }
    if (fact.source !== 'sql' || !fact.reading) return []
    const { t, host, u = 0 } = fact
    const { slots: present, inRecovery } = fact.reading
    if (!present) return []
    const before = hosts.get(host)
    const now = new Map<string, Seen>()
    hosts.set(host, now)
    const events: LabEvent[] = []
    const tell = (kind: LabEvent['kind'], slot: Slot, text: string, at = t, since = u): void => {
      if (inRecovery) return
      events.push(event(at, kind, 'sql', text, { host, u: since, data: { ...slot } }))
    }
    for (const slot of present) {
      const was = before?.get(slot.name)
      if (before && !was) tell('slot.created', slot, `slot ${slot.name} on ${host}`)
      if (slot.active || inRecovery) {
        if (was?.told) tell('slot.active', slot, `slot ${slot.name} is in use again`)
        now.set(slot.name, { slot, used: slot.active, idleSince: null, u, told: false, toldBytes: 0 })
        continue
      }
      const fresh = { used: was?.used ?? false, idleSince: t, u, told: false, toldBytes: 0 }
      const seen: Seen = { ...(was && was.idleSince !== null ? was : fresh), slot }
      now.set(slot.name, seen)
      const held = slot.heldBytes ?? 0
      const isLost = slot.walStatus === 'lost'
      const stays = seen.used && !seen.told && t - seen.idleSince! >= quietMs
      const much = held >= Math.max(muchBytes, 2 * seen.toldBytes)
      if (!stays && !much && !(isLost && was?.slot.walStatus !== 'lost')) continue
      const text = isLost ? 'has lost the WAL it needs' : `is not in use and holds ${mib(held)} of WAL`
      const [at, since] = seen.told ? [t, u] : [seen.idleSince!, seen.u]
      tell('slot.inactive', slot, `slot ${slot.name} ${text}`, at, since)
      Object.assign(seen, { told: true, toldBytes: Math.max(held, seen.toldBytes) })
    }
    for (const [name, { slot }] of before ?? []) if (!now.has(name)) tell('slot.dropped', slot, `slot ${name} dropped`)
    return events
  }
}
