import type { BackupsView, BackupView, PitrStep, PitrView } from '../../../src-main/contract/backup.js'

const now = Date.now()
const minutes = (n: number): number => now - n * 60_000

const backup = (label: string, type: string, ended: number, took: number, lsn: string, added: number): BackupView => ({
  label,
  type,
  startedAt: minutes(ended) - took * 1000,
  stoppedAt: minutes(ended),
  timeline: 1,
  startLsn: lsn,
  stopLsn: lsn,
  databaseBytes: 31_075_466,
  repositoryBytes: added,
  needs: [],
  damaged: false,
})

export const backupsAt = (): BackupsView => ({
  lab: 'pw-1',
  at: now,
  repository: 'backup',
  repositories: ['backup'],
  schedules: [],
  scheduled: null,
  ok: true,
  message: 'ok',
  encrypted: true,
  keepFull: 2,
  archive: {
    first: '000000010000000000000003',
    last: '00000001000000000000001A',
    lastAt: minutes(0.3),
    segments: 24,
    bytes: 84_112_000,
  },
  timelines: [{ timeline: 1, parent: null, from: null, reason: null }],
  window: {
    from: minutes(41),
    to: now,
    fromLsn: '0/5000050',
    toLsn: '0/1B000000',
    timelines: [1],
    open: true,
  },
  backups: [
    backup('20261126-132004F', 'full', 41, 4, '0/5000050', 3_715_926),
    backup('20261126-132004F_20261126-133502I', 'incr', 26, 3, '0/9000120', 168_600),
    backup('20261126-132004F_20261126-134458D', 'diff', 16, 3, '0/D000120', 1_204_300),
    backup('20261126-135501F', 'full', 6, 61, '0/13000078', 3_802_114),
  ],
})

type Row = [PitrStep['id'], string, string, string, string, number | null, string | null]
const rows: Row[] = [
  [
    'archive',
    'Archive everything up to now',
    'A segment is archived when it is full. The last moments are in one that is not.',
    'pg1',
    'psql -c "select pg_switch_wal()"',
    0.3,
    '00000001000000000000001B is in the archive',
  ],
  [
    'spare-restore',
    'Restore on backup, with archiving off',
    'A rehearsal: that the target can be reached is known before production is stopped.',
    'backup',
    "pgbackrest --config=/etc/pgbackrest/spare.conf --stanza=main --delta --set=20261126-135501F --type=time --target='2026-11-26 14:00:12.513986+00' --target-exclusive --target-action=promote --archive-mode=off restore",
    2.2,
    'restore size = 29.7MB, file total = 1273',
  ],
  [
    'spare-recover',
    'Replay WAL up to the target',
    'It listens on its socket only: no client may take it for production.',
    'backup',
    'pg_ctl -D /var/lib/postgresql/17/main -w -t 600 -l /var/log/postgresql/spare.log -o "-c listen_addresses= -c synchronous_standby_names=" start',
    null,
    null,
  ],
  ['stop-replicas', 'Stop Patroni on the replicas', 'First they.', 'pg2', 'sv -w 90 stop patroni', null, null],
]

export const recoveryAt = (): PitrView => ({
  mode: 'whole',
  target: { kind: 'time', value: '2026-11-26 14:00:12.513986+00', exclusive: true },
  backup: '20261126-135501F',
  spare: 'backup',
  leader: 'pg1',
  state: 'running',
  steps: rows.map(([id, title, why, on, run, seconds, observed], index) => ({
    id,
    title,
    why,
    commands: [{ on, run }],
    state: index < 2 ? 'done' : index === 2 ? 'running' : 'waiting',
    seconds,
    observed,
  })),
  startedAt: minutes(0.1),
  endedAt: null,
  error: null,
  use: [],
})
