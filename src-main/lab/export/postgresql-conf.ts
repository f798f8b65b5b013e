import { parse } from 'yaml'
import { annotated } from './annotate.js'
import type { HostFile } from '../../docker/archive.js'
import type { LabPlan } from '../plan.js'

/** What Patroni hands to PostgreSQL on its command line whoever says nothing (4.0, postgresql/config.py). */
const patroniGives = {
  wal_level: 'replica',
  hot_standby: 'on',
  max_connections: 100,
  max_wal_senders: 10,
  max_replication_slots: 10,
  max_prepared_transactions: 0,
  max_locks_per_transaction: 64,
  max_worker_processes: 8,
  track_commit_timestamp: 'off',
  wal_log_hints: 'on',
  wal_keep_size: '128MB',
}

const head = `# The parameters that Patroni renders on this host, in one place to be read. Patroni writes the real postgresql.conf
# itself, at every start and on every change: put nothing there by hand. For all hosts: patronictl edit-config.
`

interface Config {
  postgresql: { listen: string; parameters: Record<string, unknown> }
  bootstrap?: { dcs: { postgresql: { parameters: Record<string, unknown> } } }
}
const read = (patroniYml: string): Config => parse(patroniYml, { version: '1.1' }) as Config

/**
 * A host's postgresql.conf as Patroni will have it: Patroni's own parameters, those of the whole cluster (which the
 * first host's configuration holds), and the host's.
 */
export function postgresqlConf({ scope, settings }: LabPlan, own: string, first: string): HostFile {
  const { listen, parameters } = read(own).postgresql
  const [address, port] = listen.split(':')
  const all = {
    listen_addresses: address,
    port: Number(port),
    cluster_name: scope,
    ...patroniGives,
    ...(settings.patroni.synchronous_mode ? { synchronous_standby_names: '' } : {}),
    ...read(first).bootstrap?.dcs.postgresql.parameters,
    ...parameters,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${quoted(value)}\n`)
  const content = `${head}\n${lines.join('')}`
  return annotated({ path: '/etc/postgresql/postgresql.conf', content, owner: 'postgres', mode: 0o644 })
}

const quoted = (value: unknown): string => {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`
}
