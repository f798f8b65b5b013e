import { wholeNumber } from '../../lab/patroni-rules.js'
import { isSynchronous } from './cluster.js'
import { finding, fresh, isSettled, onHost, primaryOf, sqlOn, type Rule } from './input.js'

const mib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`
/** A busy primary is ahead for moments; a standby that stays behind is another thing. */
const behindMs = 5_000
/** What a standby that is away may keep back before it is a danger to the disk. */
const muchBytes = 64 * 1024 * 1024
/** Patroni's own default of maximum_lag_on_failover. */
const standardLag = 1_048_576

/** A standby in recovery that receives nothing. */
export const standbyNotStreaming: Rule = (input) => {
  const primary = primaryOf(input)
  if (!primary) return [] // nobody to stream from: that is told by another rule
  const timeline = fresh(primary.postgres)!.timeline
  return input.state.hosts.flatMap(({ name, role, postgres }) => {
    const said = fresh(postgres)
    if (!said?.inRecovery || role === 'starting' || !isSettled(input, name)) return []
    if (said.walReceiver?.status === 'streaming') return []
    const behind = said.timeline < timeline ? `; it is on timeline ${said.timeline}, the primary on ${timeline}` : ''
    const text = `${name} does not stream from ${primary.name}${behind}`
    const next = onHost(input, name, 'tail -n 20 /var/log/postgresql/postgresql.log')
    const since = input.eventAt(['replica.stopped'], name)
    return [finding({ rule: 'standby-not-streaming', subsystem: 'replication', host: name }, { text, since, next })]
  })
}

/** Too far behind to be promoted: Patroni would pass it over. */
export const standbyBehind: Rule = (input) => {
  const primary = primaryOf(input)
  if (!primary) return []
  const limit = wholeNumber(fresh(input.state.dcs)?.config['maximum_lag_on_failover']) ?? standardLag
  return fresh(primary.postgres)!.replication.flatMap(({ applicationName, state, lagBytes, lagMs }) => {
    if (state !== 'streaming' || lagBytes === null || lagBytes <= limit || (lagMs !== null && lagMs < behindMs))
      return []
    const text = `${applicationName} is ${mib(lagBytes)} behind: more than maximum_lag_on_failover (${mib(limit)}), it would not be promoted`
    const sql = 'select application_name, state, sent_lsn, replay_lsn, replay_lag from pg_stat_replication'
    const about = {
      rule: 'standby-behind',
      subsystem: 'replication',
      host: applicationName,
      severity: 'warning',
    } as const
    return [finding(about, { text, next: sqlOn(input, primary.name, sql) })]
  })
}

/** Synchronous mode without a synchronous standby: nobody may be promoted, and a strict one takes no writes. */
export const noSynchronous: Rule = (input) => {
  const primary = primaryOf(input)
  const config = fresh(input.state.dcs)?.config ?? {}
  if (!primary || !isSynchronous(config['synchronous_mode'])) return []
  const rows = fresh(primary.postgres)!.replication
  if (rows.some(({ state, syncState }) => state === 'streaming' && ['sync', 'quorum'].includes(syncState))) return []
  const strict = isSynchronous(config['synchronous_mode_strict'])
  const effect = strict ? 'writes wait, as the mode is strict' : 'writes are not synchronous, and a crash may lose them'
  const text = `no standby is synchronous: ${effect}`
  const since = input.eventAt(['sync.changed'])
  const next = onHost(input, primary.name, 'patronictl list')
  return [finding({ rule: 'no-synchronous', subsystem: 'replication' }, { text, since, next })]
}

/** Slots of the primary that keep WAL for nobody. */
export const slotUnused: Rule = (input) => {
  const primary = primaryOf(input)
  if (!primary) return []
  return (fresh(primary.postgres)!.slots ?? []).flatMap(({ name, active, heldBytes, walStatus }) => {
    if (active) return []
    const lost = walStatus === 'lost'
    const isMembers = input.state.hosts.some(
      (host) => host.name === name || host.name.replaceAll(/[-.]/g, '_') === name,
    )
    if (!lost && (isMembers ? (heldBytes ?? 0) < muchBytes : heldBytes === null)) return []
    const what = lost
      ? 'has lost the WAL that it needs: whoever used it must be made anew'
      : `is not in use and keeps ${mib(heldBytes ?? 0)} of WAL on ${primary.name}`
    const rule = lost ? 'slot-lost' : 'slot-unused'
    const sql = 'select slot_name, slot_type, active, wal_status, restart_lsn from pg_replication_slots'
    const since = input.eventAt(['slot.inactive'], primary.name)
    const about = { rule, subsystem: 'slots', host: primary.name, severity: 'warning' } as const
    return [finding(about, { text: `slot ${name} ${what}`, since, next: sqlOn(input, primary.name, sql) })]
  })
}
