import type { LabEvent } from '../../contract/record.js'
import type { Clocks } from '../clocks.js'
import { objectAt, type Keys, applyChange } from '../dcs.js'
import type { Fact, KeyChange } from '../facts.js'
import { dcsKeys } from '../patroni-names.js'
import { event } from './event.js'

/** A new ttl makes every Patroni take a new lease within its next cycles. */
const newLeasesMs = 60_000

/**
 * Services that began anew while their host went on. PostgreSQL says since when its postmaster runs. A Patroni takes a lease
 * for its member key when it begins, so a member key that moves to another lease without having been gone is a new Patroni.
 */
export function concludeRestarts(clocks: Clocks): (fact: Fact) => LabEvent[] {
  const postmasters = new Map<string, { startedAt: number; t: number }>()
  const pending = new Map<string, boolean>()
  const patroni = concludePatroni()
  return (fact) => {
    if (fact.source === 'engine' && fact.state.container !== 'running' && fact.state.container !== 'paused') {
      postmasters.delete(fact.host)
      pending.delete(fact.host)
    }
    if (fact.source === 'patroni' && fact.reading) {
      const was = pending.get(fact.host)
      const is = fact.reading.pendingRestart
      pending.set(fact.host, is)
      if (was === undefined || was === is) return []
      const [kind, text] = is
        ? (['restart.pending', `PostgreSQL on ${fact.host} has settings that wait for a restart`] as const)
        : (['restart.done', `no setting of ${fact.host} waits for a restart any more`] as const)
      return [event(fact.t, kind, 'patroni', text, { host: fact.host })]
    }
    if (fact.source !== 'sql') return patroni(fact)
    const { t, host, reading, u } = fact
    if (!reading) return []
    const before = postmasters.get(host)
    postmasters.set(host, { startedAt: reading.startedAt, t })
    if (!before || before.startedAt === reading.startedAt) return []
    const own = clocks.toApp(host, reading.startedAt) ?? { t: reading.startedAt, u: 0 }
    const within = u ?? t - before.t
    const at = own.t <= t && own.t >= t - within - own.u ? own : { t, u: within }
    const data = { service: 'postgres', startedAt: own.t }
    return [event(at.t, 'service.restarted', 'sql', `PostgreSQL on ${host} restarted`, { host, u: at.u, data })]
  }
}

function concludePatroni(): (fact: Fact) => LabEvent[] {
  let keys: Keys = new Map()
  const leases = new Map<string, string>()
  let newTtlAt = -Infinity
  const eventsOf = (change: KeyChange, t: number): LabEvent[] => {
    const ttlOf = (of: Keys): unknown => objectAt(of, dcsKeys.config)?.['ttl']
    const before = keys
    keys = applyChange(keys, change)
    if (before.size > 0 && ttlOf(before) !== ttlOf(keys)) newTtlAt = t
    if (change.snapshot) leases.clear()
    for (const key of change.deletes) leases.delete(key.slice(dcsKeys.members.length))
    return change.puts.flatMap(({ key, lease }) => {
      if (!key.startsWith(dcsKeys.members) || lease === null) return []
      const host = key.slice(dcsKeys.members.length)
      const was = leases.get(host)
      leases.set(host, lease)
      if (was === undefined || was === lease || t - newTtlAt < newLeasesMs) return []
      const data = { service: 'patroni', lease, revision: change.revision }
      return [event(t, 'service.restarted', 'etcd', `Patroni on ${host} restarted`, { host, data })]
    })
  }
  return (fact) => {
    if (fact.source === 'jump') newTtlAt += fact.axisMs
    if (fact.source === 'engine' && fact.state.container !== 'running' && fact.state.container !== 'paused')
      leases.delete(fact.host)
    return fact.source === 'keys' ? eventsOf(fact.change, fact.t) : []
  }
}
