import { decidedByPatroni, dynamicKeys, localPostgresqlKeys } from './patroni-rules.js'

/** What a topology has room for. */
export interface LabLimits {
  /** Memory of the smallest data host. */
  hostBytes: number
  standbys: number
}

const sameHosts = 'the lab makes it from its own hosts, addresses and users'
const scripts = 'it names programs that the hosts of a lab do not have'

/** Keys that a lab has to own, or can't give. */
const owned: Readonly<Record<string, string>> = {
  pause: 'a paused Patroni would not make the cluster: pause it once it runs, with `patronictl pause`',
  standby_cluster: 'there is no other cluster here that this one could follow',
  'postgresql.pg_hba': `${sameHosts}; change it once the lab runs, with \`patronictl edit-config\``,
  'postgresql.pg_ident': sameHosts,
  'postgresql.recovery_conf': 'the lab’s repository is where WAL comes from, and its restore_command leads there',
  'postgresql.create_replica_methods': 'the lab makes its replicas with a base backup',
  'postgresql.basebackup': 'the lab makes its replicas with a base backup',
  'postgresql.pgbackrest': 'the lab makes its replicas with a base backup',
  'postgresql.callbacks': scripts,
  'postgresql.pre_promote': scripts,
  'postgresql.before_stop': scripts,
  'postgresql.custom_conf': 'the file that it names is not on the hosts of a lab',
  'postgresql.bin_dir': 'the lab’s hosts have PostgreSQL in a place of their own',
}

const known = ['use_slots', 'use_pg_rewind', 'parameters', 'pg_ctl_timeout', 'use_unix_socket', 'use_unix_socket_repl']
const alsoKnown = ['remove_data_directory_on_rewind_failure', 'remove_data_directory_on_diverged_timelines']

/** Why a lab does not take a key, in a clause; null when it does. Keys under postgresql have it in front. */
export function leftOut(key: string, value: unknown, { standbys }: LabLimits): string | null {
  if (owned[key]) return owned[key]
  const [first, second] = key.split('.')
  if (second !== undefined) {
    if (localPostgresqlKeys.some((local) => local === second))
      return 'Patroni takes it from the configuration of each host only, and the lab writes that'
    return [...known, ...alsoKnown].includes(second) ? null : 'Patroni has no such key, and ignores it'
  }
  if (!(first! in dynamicKeys)) {
    const parameter = /^[a-z_]+$/.test(key) ? '; a parameter of PostgreSQL belongs under postgresql.parameters' : ''
    return `Patroni has no such key in its dynamic configuration, and ignores it${parameter}`
  }
  if (key === 'synchronous_node_count' && Number(value) > standbys)
    return `this topology has ${standbys} standbys: writes would wait for one that does not exist`
  return null
}

const archive = 'the lab archives to its own repository'
const logs = 'the lab reads the log where it is'
const certificates = 'the lab has its own certificates: `--set security=tls` where it offers that'
const files = 'it names a file or directory that the hosts of a lab do not have'

/** Parameters that a lab has to own. */
const ownedParameters: Readonly<Record<string, string>> = {
  ...decidedByPatroni,
  archive_mode: archive,
  archive_command: archive,
  archive_library: archive,
  restore_command: archive,
  logging_collector: logs,
  log_destination: logs,
  log_directory: logs,
  log_filename: logs,
  log_line_prefix: logs,
  log_rotation_age: logs,
  log_rotation_size: logs,
  unix_socket_directories: 'the lab’s terminals and Patroni find PostgreSQL there',
  data_directory: files,
  config_file: files,
  hba_file: files,
  ident_file: files,
  external_pid_file: files,
  stats_temp_directory: files,
  dynamic_library_path: files,
  huge_pages: 'hosts of a lab have none',
  password_encryption: 'the lab lets its users in by scram-sha-256',
  default_transaction_read_only: 'the lab could not make its database',
}

/** Libraries of the host image: PostgreSQL with its own contrib, and nothing else. */
const libraries = [
  'auth_delay',
  'auto_explain',
  'basic_archive',
  'passwordcheck',
  'pg_prewarm',
  'pg_stat_statements',
  'pg_visibility',
  'pgcrypto',
  'pgrowlocks',
  'pgstattuple',
  'sepgsql',
  'test_decoding',
]

const units: Readonly<Record<string, number>> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3, tb: 1024 ** 4 }
function bytes(value: unknown, unit: number): number {
  const [, figure = '0', name = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*$/.exec(String(value)) ?? []
  return Number(figure) * (units[name.toLowerCase()] ?? unit)
}

/** Why a lab does not take a parameter of PostgreSQL, in a clause; null when it does. */
export function parameterLeftOut(name: string, value: unknown, { hostBytes }: LabLimits): string | null {
  if (ownedParameters[name]) return ownedParameters[name]
  if (name === 'ssl' || name.startsWith('ssl_')) return certificates
  if (name === 'shared_buffers' && bytes(value, 8192) > hostBytes / 2) {
    return `a data host has ${Math.round(hostBytes / 1024 ** 2)} MiB: PostgreSQL could not start with so much`
  }
  if (name.startsWith('lc_') && !/^(C|POSIX|C\.UTF-?8)$/i.test(String(value)))
    return 'the hosts of a lab have no locale but C.UTF-8: PostgreSQL could not start'
  if (/^(shared|session|local)_preload_libraries$/.test(name)) {
    const missing = String(value)
      .split(',')
      .map((library) => library.trim().replaceAll(/["']/g, ''))
      .filter((library) => library !== '' && !libraries.includes(library))
    if (missing.length > 0) return `the hosts of a lab do not have ${missing.join(', ')}: PostgreSQL could not start`
  }
  return null
}
