import type { DcsReading } from '../contract/cluster.js'
import type { KeyChange, KeyPut } from './facts.js'
import { dcsKeys, historyBody, syncBody } from './patroni-names.js'
import type { LeaseView } from './lease.js'

/** The keys under the prefix as they are now. */
export type Keys = ReadonlyMap<string, KeyPut>

export function applyChange(keys: Keys, change: KeyChange): Keys {
  const next = new Map(change.snapshot ? [] : keys)
  for (const put of change.puts) next.set(put.key, put)
  for (const key of change.deletes) next.delete(key)
  return next
}

/** A key's value as an object; null when it is absent, empty or no JSON object. */
export function objectAt(keys: Keys, key: string): Record<string, unknown> | null {
  const value: unknown = jsonAt(keys, key)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}

function jsonAt(keys: Keys, key: string): unknown {
  try {
    return JSON.parse(keys.get(key)?.value ?? '')
  } catch {
    return null
  }
}

export interface SyncState {
  leader: string | null
  standbys: string[]
}

/** `sync`: the standbys that may be promoted. Patroni writes them as one string, comma-separated. */
export function syncOf(keys: Keys): SyncState {
  const said = syncBody.safeParse(jsonAt(keys, dcsKeys.sync))
  if (!said.success) return { leader: null, standbys: [] }
  const standbys = (said.data.sync_standby ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return { leader: said.data.leader ?? null, standbys: standbys.toSorted() }
}

export function historyOf(keys: Keys): DcsReading['history'] {
  const said = historyBody.safeParse(jsonAt(keys, dcsKeys.history))
  if (!said.success) return []
  return said.data.map(([timeline, lsn, reason, at, newLeader]) => ({
    timeline,
    lsn,
    reason,
    ...(typeof at === 'string' ? { at } : {}),
    ...(typeof newLeader === 'string' ? { newLeader } : {}),
  }))
}

/** `status`: the leader writes where its WAL ends, in every loop in which that moved. */
function positionOf(keys: Keys): number | null {
  const optime = objectAt(keys, dcsKeys.status)?.['optime']
  return typeof optime === 'number' ? optime : null
}

export const leaderOf = (keys: Keys): string | null => keys.get(dcsKeys.leader)?.value ?? null

/** A log position as PostgreSQL prints it; Patroni keeps plain numbers. */
export function lsnText(lsn: number): string {
  return `${Math.floor(lsn / 2 ** 32).toString(16)}/${(lsn % 2 ** 32).toString(16)}`.toUpperCase()
}

/** The reverse: bytes since the beginning of the log. */
export function lsnNumber(text: string): number {
  const [high = '0', low = '0'] = text.split('/')
  return parseInt(high, 16) * 2 ** 32 + parseInt(low, 16)
}

export function dcsReadingOf(keys: Keys, lease: LeaseView | null): DcsReading {
  const config = objectAt(keys, dcsKeys.config) ?? {}
  const failover = objectAt(keys, dcsKeys.failover)
  const members: DcsReading['members'] = {}
  for (const key of keys.keys()) {
    if (key.startsWith(dcsKeys.members)) members[key.slice(dcsKeys.members.length)] = objectAt(keys, key) ?? {}
  }
  return {
    leader: leaderOf(keys),
    lease,
    sync: syncOf(keys),
    config,
    initialize: keys.get(dcsKeys.initialize)?.value ?? null,
    // Patroni leaves {} behind when a switchover is done
    failover: failover && Object.keys(failover).length > 0 ? failover : null,
    history: historyOf(keys),
    members,
    pause: config['pause'] === true,
    position: positionOf(keys),
  }
}
