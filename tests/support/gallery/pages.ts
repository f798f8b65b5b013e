import type { HostReading } from '../../../src-main/cluster/config/about-parameter.js'
import { configViewOf } from '../../../src-main/cluster/config/view.js'
import type { SettingRow } from '../../../src-main/cluster/config/parameters.js'
import type { ConfigView } from '../../../src-main/contract/config.js'
import type { ExportRequest, LabExport } from '../../../src-main/contract/export.js'
import type { LabInfo } from '../../../src-main/contract/lab.js'
import { settingRow } from '../setting-row.js'
import type { HealthReport, HealthSubsystem } from '../../../src-main/contract/health.js'

const row = (name: string, shown: string, more: Partial<SettingRow> = {}): SettingRow =>
  settingRow(name, { shown, setting: shown, ...more })
const host = (name: string, ...rows: SettingRow[]): HostReading => ({
  name,
  settings: new Map(rows.map((each) => [each.name, each])),
  restart: [],
  own: { work_mem: '4MB' },
})

/** One of each: adjusted, waiting for a restart on one host, overridden on the other. */
export const configAt = (): ConfigView =>
  configViewOf({
    lab: 'pw-1',
    scope: 'pair-witness',
    at: Date.now(),
    source: 'etcd',
    config: {
      ttl: 15,
      loop_wait: 10,
      retry_timeout: 8,
      synchronous_mode: true,
      maximum_lag_on_failover: 1_048_576,
      postgresql: {
        parameters: {
          max_connections: 90,
          work_mem: '16MB',
          archive_command: 'pgbackrest --stanza=main archive-push %p',
        },
      },
    },
    leaseTtlS: 20,
    hosts: [
      host(
        'pg1',
        row('max_connections', '90'),
        row('work_mem', '4MB', { setting: '4096', unit: 'kB', minVal: '64', maxVal: '2147483647' }),
        row('archive_command', 'pgbackrest --stanza=main archive-push %p', { vartype: 'string' }),
      ),
      host(
        'pg2',
        row('max_connections', '100', { pendingRestart: true }),
        row('work_mem', '16MB', { setting: '16384', unit: 'kB' }),
        row('archive_command', 'pgbackrest --stanza=main archive-push %p', { vartype: 'string' }),
      ),
    ],
  })

/** A standby that is down, with what follows from it. */
export function healthAt(): HealthReport {
  const at = Date.now()
  const hosts: Record<string, HealthSubsystem[]> = {
    pg1: ['host', 'etcd', 'patroni', 'postgres', 'replication', 'backups', 'disk', 'clocks', 'tls'],
    pg2: ['host', 'etcd', 'patroni', 'postgres', 'replication', 'backups', 'disk', 'clocks'],
    witness: ['host', 'etcd', 'disk'],
    backup: ['host', 'backups', 'disk', 'tls'],
    proxy: ['host', 'proxy', 'disk'],
  }
  const stateOf = (name: string, subsystem: HealthSubsystem): 'ok' | 'wrong' | 'unknown' =>
    name !== 'pg2' ? 'ok' : subsystem === 'host' || subsystem === 'etcd' ? 'wrong' : 'unknown'
  const whole = (['etcd', 'patroni', 'postgres', 'replication', 'promises', 'faults'] as const).map((subsystem) => ({
    subsystem,
    host: null,
    state: subsystem === 'replication' ? ('wrong' as const) : ('ok' as const),
  }))
  return {
    lab: 'pw-1',
    topology: 'pair-witness',
    at,
    healthy: false,
    findings: [
      {
        rule: 'host-away',
        subsystem: 'host',
        host: 'pg2',
        severity: 'critical',
        text: 'pg2 is down: it crashed',
        since: at - 74_000,
        next: 'dojo fault pw-1 start pg2',
      },
      {
        rule: 'no-synchronous',
        subsystem: 'replication',
        host: null,
        severity: 'critical',
        text: 'no standby is synchronous: writes are not synchronous, and a crash may lose them',
        since: at - 51_000,
        next: 'dojo exec pw-1 pg1 -- patronictl list',
      },
      {
        rule: 'slot-unused',
        subsystem: 'slots',
        host: 'pg1',
        severity: 'warning',
        text: 'slot old_replica is not in use and keeps 12.0 MiB of WAL on pg1',
        since: null,
        next: 'dojo exec pw-1 pg1 -- psql -Xc "select slot_name, slot_type, active, wal_status, restart_lsn from pg_replication_slots"',
      },
    ],
    areas: [
      ...whole,
      { subsystem: 'slots', host: 'pg1', state: 'wrong' },
      { subsystem: 'archiving', host: 'pg1', state: 'ok' },
      ...Object.entries(hosts).flatMap(([name, subsystems]) =>
        subsystems.map((subsystem) => ({ subsystem, host: name, state: stateOf(name, subsystem) })),
      ),
    ],
  }
}

/** Nothing is written; with passwords it is refused, so that an error can be looked at too. */
export const exportAt = ({ lab, as, folder }: ExportRequest): LabExport => ({
  lab,
  as,
  folder: folder.replace('~', '/home/ada'),
  files: Array.from({ length: 68 }, (_, n) => `hosts/pg1/file-${n}`),
  secrets: false,
  next: `cd ${folder.replace('~', '/home/ada')} && ./init.sh && docker compose up -d`,
  leftOut: [
    'The data, the backups, and the history of the lab: this makes a new cluster.',
    'Changes of the dynamic configuration that were made in the lab (`patronictl edit-config`), and what was changed by hand.',
    "The lab's certificates: new ones are made, by an authority of their own.",
    'Schedules of backups: one full backup is taken at the start, and then it is up to you (cron, a timer).',
    'The disks with a size, if the lab had any: data are in ordinary volumes.',
    'A restart policy: decide for yourself whether the engine may restart a host that died.',
  ],
})

/** What a lab could not take of a person's own file. */
export const ownPatroniAt = (): NonNullable<LabInfo['patroni']> => ({
  config: { ttl: 20 },
  notHonoured: [
    {
      key: 'ttl',
      line: 1,
      column: 1,
      outcome: 'changed',
      asked: 15,
      effective: '20',
      why: 'Patroni takes nothing below 20 for ttl',
    },
    {
      key: 'postgresql.parameters.archive_command',
      line: 13,
      column: 5,
      outcome: 'left out',
      asked: 'cp %p /archive/%f',
      why: 'the lab archives to its own repository',
    },
  ],
})
