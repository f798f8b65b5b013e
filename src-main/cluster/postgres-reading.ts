import { z } from 'zod'
import type { PostgresReading } from '../contract/cluster.js'

/**
 * Everything the observer asks of a PostgreSQL, in one statement. The timeline comes from the WAL file name on a
 * primary. In recovery that function is refused: the walreceiver knows, and when there is none, the names of the WAL files
 * do; the control file learns of a new timeline only with the next restartpoint.
 */
export const readingSql = `
with me as (select pg_is_in_recovery() as recovery)
select
  me.recovery,
  me.recovery or current_setting('default_transaction_read_only')::bool as read_only,
  case when me.recovery
    then coalesce(
      (select max(received_tli) from pg_stat_wal_receiver),
      greatest(
        (select ('x' || max(substr(name, 1, 8)))::bit(32)::int from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'),
        (select timeline_id from pg_control_checkpoint())))
    else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int
  end as timeline,
  (case when me.recovery then coalesce(pg_last_wal_replay_lsn(), '0/0') else pg_current_wal_lsn() end)::text as lsn,
  (select system_identifier::text from pg_control_system()) as system_identifier,
  extract(epoch from pg_postmaster_start_time()) * 1000 as started_at,
  current_setting('server_version') as version,
  (select coalesce(json_agg(json_build_object(
      'name', application_name, 'state', state, 'sync', sync_state,
      'lag', case when me.recovery then null else pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) end,
      'lag_ms', extract(epoch from replay_lag) * 1000) order by application_name), '[]')
    from pg_stat_replication where state <> 'backup') as replication,
  (select json_build_object('status', status, 'host', sender_host) from pg_stat_wal_receiver limit 1) as wal_receiver,
  (select json_build_object('last', last_archived_wal, 'at', extract(epoch from last_archived_time) * 1000,
      'failed', failed_count, 'failed_wal', last_failed_wal,
      'failed_at', extract(epoch from last_failed_time) * 1000) from pg_stat_archiver) as archiver,
  (select coalesce(json_agg(json_build_object(
      'name', slot_name, 'type', slot_type, 'active', active, 'status', wal_status,
      'held', pg_wal_lsn_diff(case when me.recovery then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end,
        restart_lsn)) order by slot_name), '[]')
    from pg_replication_slots where not temporary) as slots,
  extract(epoch from clock_timestamp()) * 1000 as clock
from me`

const number = z.coerce.number()
const row = z.object({
  recovery: z.boolean(),
  read_only: z.boolean(),
  timeline: number,
  lsn: z.string(),
  system_identifier: z.string(),
  started_at: number,
  version: z.string(),
  replication: z.array(
    z.object({
      name: z.string().nullable(),
      state: z.string().nullable(),
      sync: z.string().nullable(),
      lag: z.number().nullable(),
      lag_ms: z.number().nullable(),
    }),
  ),
  wal_receiver: z.object({ status: z.string().nullable(), host: z.string().nullable() }).nullable(),
  archiver: z
    .object({
      last: z.string().nullable(),
      at: z.number().nullable(),
      failed: z.number(),
      failed_wal: z.string().nullable(),
      failed_at: z.number().nullable(),
    })
    .nullable(),
  slots: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      active: z.boolean(),
      status: z.string().nullable(),
      held: z.number().nullable(),
    }),
  ),
  clock: number,
})

/** The row of `readingSql` as the contract has it. Throws when it does not fit. */
export function postgresReadingOf(raw: unknown): PostgresReading {
  const said = row.parse(raw)
  return {
    inRecovery: said.recovery,
    readOnly: said.read_only,
    timeline: said.timeline,
    lsn: said.lsn,
    systemIdentifier: said.system_identifier,
    startedAt: Math.round(said.started_at),
    // Debian adds its package's version behind a space
    version: said.version.split(' ', 1)[0] ?? said.version,
    replication: said.replication.map(({ name, state, sync, lag, lag_ms }) => ({
      applicationName: name ?? '',
      state: state ?? 'unknown',
      syncState: sync ?? 'unknown',
      lagBytes: lag === null ? null : Math.max(0, lag),
      lagMs: lag_ms === null ? null : Math.round(lag_ms),
    })),
    walReceiver: said.wal_receiver && {
      status: said.wal_receiver.status ?? 'unknown',
      senderHost: said.wal_receiver.host,
    },
    archiver: said.archiver && {
      lastArchived: said.archiver.last,
      lastArchivedAt: said.archiver.at === null ? null : Math.round(said.archiver.at),
      failedCount: said.archiver.failed,
      lastFailed: said.archiver.failed_wal,
      lastFailedAt: said.archiver.failed_at === null ? null : Math.round(said.archiver.failed_at),
    },
    slots: said.slots.map(({ name, type, active, status, held }) => ({
      name,
      type,
      active,
      heldBytes: held === null ? null : Math.max(0, held),
      walStatus: status,
    })),
    clock: Math.round(said.clock),
  }
}
