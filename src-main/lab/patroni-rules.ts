/**
 * What Patroni 4.0 does with values of its dynamic configuration without telling anybody but its log. Read in its
 * sources: config.py (_validate_and_adjust_timeouts, _process_postgresql_parameters), global_config.py,
 * postgresql/config.py (CMDLINE_OPTIONS). REST and `patronictl show-config` show what was asked, never what is in force.
 */
type Kind = 'integer' | 'boolean' | 'mode' | 'map' | 'list'

export interface DynamicKey {
  kind: Kind
  /** What holds when the key is not set. */
  standard?: number | boolean
  least?: number
  about: string
}

/** Keys at the top of the dynamic configuration. */
export const dynamicKeys: Readonly<Record<string, DynamicKey>> = {
  ttl: { kind: 'integer', standard: 30, least: 20, about: 'Seconds that the leader key lives without a renewal' },
  loop_wait: { kind: 'integer', standard: 10, least: 1, about: 'Seconds between two cycles of Patroni' },
  retry_timeout: { kind: 'integer', standard: 10, least: 3, about: 'Seconds that it retries etcd and PostgreSQL' },
  maximum_lag_on_failover: {
    kind: 'integer',
    standard: 1_048_576,
    about: 'Bytes that a standby may be behind and still be promoted',
  },
  maximum_lag_on_syncnode: {
    kind: 'integer',
    standard: -1,
    about: 'Bytes behind which a synchronous standby is replaced',
  },
  synchronous_mode: { kind: 'mode', standard: false, about: 'Only a synchronous standby may be promoted' },
  synchronous_mode_strict: { kind: 'boolean', standard: false, about: 'Block writes when no synchronous one is there' },
  synchronous_node_count: { kind: 'integer', standard: 1, about: 'How many synchronous standbys' },
  primary_start_timeout: {
    kind: 'integer',
    standard: 300,
    about: 'Seconds that a crashed primary may take to restart',
  },
  primary_stop_timeout: { kind: 'integer', standard: 0, about: 'Seconds that a synchronous primary may take to stop' },
  master_start_timeout: { kind: 'integer', standard: 300, about: 'Old name of primary_start_timeout' },
  master_stop_timeout: { kind: 'integer', standard: 0, about: 'Old name of primary_stop_timeout' },
  max_timelines_history: { kind: 'integer', standard: 0, about: 'How many rows of history are kept; 0: all' },
  member_slots_ttl: { kind: 'integer', standard: 1800, about: 'Seconds that the slot of an absent member is kept' },
  failsafe_mode: { kind: 'boolean', standard: false, about: 'Keep the primary writable when etcd is down' },
  check_timeline: { kind: 'boolean', standard: false, about: 'Promote only who is on the newest timeline' },
  pause: { kind: 'boolean', standard: false, about: 'Patroni leaves PostgreSQL alone' },
  standby_cluster: { kind: 'map', about: 'This cluster follows another one' },
  slots: { kind: 'map', about: 'Replication slots that are kept whoever leads' },
  permanent_slots: { kind: 'map', about: 'Another name of slots' },
  permanent_replication_slots: { kind: 'map', about: 'An older name of slots' },
  ignore_slots: { kind: 'list', about: 'Slots that Patroni leaves alone' },
  postgresql: { kind: 'map', about: 'What PostgreSQL gets: parameters, pg_hba, use_slots, use_pg_rewind' },
}

/** Shown even where nobody set them, as they decide how a cluster fails over. */
export const keysAlwaysShown = [
  'ttl',
  'loop_wait',
  'retry_timeout',
  'maximum_lag_on_failover',
  'synchronous_mode',
  'synchronous_mode_strict',
  'primary_start_timeout',
  'failsafe_mode',
] as const

/** Keys under `postgresql` that Patroni takes from a host's own configuration only, and drops here. */
export const localPostgresqlKeys = [
  'connect_address',
  'proxy_address',
  'listen',
  'config_dir',
  'data_dir',
  'pgpass',
  'authentication',
] as const

/** Parameters that Patroni decides itself, whatever anybody asks. */
export const decidedByPatroni: Readonly<Record<string, string>> = {
  listen_addresses: 'Patroni takes it from `postgresql.listen` of each host',
  port: 'Patroni takes it from `postgresql.listen` of each host',
  cluster_name: 'Patroni gives it the name of its scope',
  hot_standby: 'Patroni always switches it on: it could not ask a standby otherwise',
  primary_conninfo: 'Patroni writes it for every standby, as it knows who leads',
  primary_slot_name: 'Patroni writes it for every standby',
  synchronous_standby_names: 'Patroni writes it in synchronous mode, as it knows who streams',
}

/** Parameters that Patroni passes itself and checks first; a value that it does not like becomes its default. */
export const checkedByPatroni: Readonly<Record<string, { standard: string; least?: number; unit?: string }>> = {
  max_connections: { standard: '100', least: 25 },
  max_wal_senders: { standard: '10', least: 3 },
  wal_keep_size: { standard: '128MB', least: 16, unit: 'MB' },
  max_prepared_transactions: { standard: '0', least: 0 },
  max_locks_per_transaction: { standard: '64', least: 32 },
  max_replication_slots: { standard: '10', least: 4 },
  max_worker_processes: { standard: '8', least: 2 },
  wal_level: { standard: 'replica' },
  wal_log_hints: { standard: 'on' },
  track_commit_timestamp: { standard: 'off' },
}

type Config = Readonly<Record<string, unknown>>

/** As Python's int() reads it, which is what Patroni uses: null when it would throw. */
export function wholeNumber(value: unknown): number | null {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'number') return Math.trunc(value)
  return typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : null
}

const truths: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['true', 'on', 'yes', '1', 't', 'y'].map((word) => [word, true])),
  ...Object.fromEntries(['false', 'off', 'no', '0', 'f', 'n'].map((word) => [word, false])),
}
/** As Patroni and PostgreSQL spell yes and no. */
export const yesOrNo = (value: unknown): boolean | null => truths[String(value).trim().toLowerCase()] ?? null

export interface Timeouts {
  ttl: number
  loop_wait: number
  retry_timeout: number
}
export interface Adjusted {
  key: keyof Timeouts
  effective: number
  why: string
}

/**
 * The three timeouts that Patroni runs with, and what it adjusted for which reason. `wrong`: that one is no whole number,
 * and Patroni then leaves its whole configuration as it was before.
 */
export function timeoutsOf(config: Config): { values: Timeouts; adjusted: Adjusted[] } | { wrong: keyof Timeouts } {
  const values = { ttl: 0, loop_wait: 0, retry_timeout: 0 }
  const why = new Map<keyof Timeouts, string>()
  for (const key of ['loop_wait', 'retry_timeout', 'ttl'] as const) {
    const { standard, least = 0 } = dynamicKeys[key]!
    const asked = wholeNumber(config[key] ?? standard)
    if (asked === null) return { wrong: key }
    values[key] = Math.max(asked, least)
    if (asked < least) why.set(key, `Patroni takes nothing below ${least} for ${key}`)
  }
  const { ttl, loop_wait, retry_timeout } = values
  const sum = `loop_wait + 2 * retry_timeout may not exceed ttl, and ${loop_wait} + 2 * ${retry_timeout} is ${loop_wait + 2 * retry_timeout}, more than ${ttl}`
  if (1 + 2 * retry_timeout > ttl) {
    values.loop_wait = 1
    values.retry_timeout = Math.floor((ttl - 1) / 2)
    if (loop_wait !== 1) why.set('loop_wait', `${sum}: Patroni lowers loop_wait to 1`)
    why.set('retry_timeout', `${sum}: Patroni lowers retry_timeout as well`)
  } else if (loop_wait + 2 * retry_timeout > ttl) {
    values.loop_wait = ttl - 2 * retry_timeout
    why.set('loop_wait', `${sum}: Patroni lowers loop_wait`)
  }
  return { values, adjusted: [...why].map(([key, text]) => ({ key, effective: values[key], why: text })) }
}

/** What is wrong with a value of a top-level key, in a clause; null when Patroni understands it. */
export function keyProblem(key: string, value: unknown): string | null {
  const kind = dynamicKeys[key]?.kind
  if (kind === 'integer' && wholeNumber(value) === null) return 'wants a whole number'
  if (kind === 'boolean' && yesOrNo(value) === null) return 'wants true or false'
  if (kind === 'mode' && yesOrNo(value) === null && String(value).toLowerCase() !== 'quorum')
    return 'wants true, false or quorum'
  if (kind === 'map' && (typeof value !== 'object' || value === null || Array.isArray(value)))
    return 'wants keys and values'
  if (kind === 'list' && !Array.isArray(value)) return 'wants a list'
  return null
}
