import type { PitrMode, PitrTarget } from '../contract/backup.js'
import { linkWal, pgdata, stanza } from '../lab/plan.js'
import { reinitCommand } from '../lab/reinit.js'
import { historyArchived, promoted, running, segmentArchived, streams, type Verify } from './pitr-verify.js'

/** How pgBackRest restores on the repository host itself, rather than asking a database host to. */
export const spareConfig = '/etc/pgbackrest/spare.conf'

export interface Command {
  on: string
  run: string
  /** Its exit code decides nothing: what the step looks at afterwards does. */
  mayFail?: boolean
  /** Seconds for which it is tried again: others have to notice something first. */
  retryS?: number
  timeoutS?: number
}

export interface Step {
  id: string
  title: string
  why: string
  commands: Command[]
  /** Looks whether it worked, and says what showed it. Throws when it did not. */
  verify: Verify
}

/** Everything that the steps of a recovery depend on. Pure data: an app that comes later makes the same steps of it. */
export interface Recovery {
  mode: PitrMode
  target: PitrTarget
  /** Backups to begin with, the one that is used first. */
  candidates: string[]
  spare: string
  /** The primary at the begin; null when there was none. */
  production: { host: string; systemId: string; timeline: number; archives: boolean } | null
  replicas: string[]
  scope: string
  /** Where production is restored, and by whom it is led after that. */
  leader: string
  /** Whether that host has a disk for its WAL alone. */
  walDisk: boolean
  /** pgBackRest's number of the repository that is restored from; null where there is no choice. */
  repository: number | null
  /** Hosts that keep backups besides the spare. */
  otherRepositories: string[]
}

/**
 * No client may come, nobody is waited for, and what it says can be read apart from what was before. Without TLS, because
 * the configuration may name a certificate that a spare does not have.
 */
const alone = (log: string): string =>
  `-l ${log} -o "-c listen_addresses= -c ssl=off -c synchronous_standby_names= -c logging_collector=off"`
/** Also before a start that may be the second: the server of one that was cut off runs on, and would be in its way. */
const stopped = `! pg_ctl -D ${pgdata} status > /dev/null || pg_ctl -D ${pgdata} -m fast -w -t 120 stop`
export const spareLog = '/var/log/postgresql/spare.log'
export const pitrLog = '/var/log/postgresql/pitr.log'
export const spareSocket = '-h /run/postgresql -p 5432 -U postgres'

function restoreOptions({ target, candidates }: Recovery): string {
  const { kind, value, exclusive, timeline } = target
  const words = [`--set=${candidates[0]}`, `--type=${kind}`, `--target='${value}'`]
  if (exclusive) words.push('--target-exclusive')
  if (timeline !== undefined) words.push(`--target-timeline=${timeline}`)
  return [...words, '--target-action=promote'].join(' ')
}

export const stepsOf = (recovery: Recovery): Step[] =>
  recovery.mode === 'beside' ? besideSteps(recovery) : wholeSteps(recovery)

function archiveStep({ mode, production, spare, otherRepositories }: Recovery): Step[] {
  if (!production) return []
  const { host, archives } = production
  // nothing would arrive: a copy is made of what did. The cluster itself may not go back while its WAL goes nowhere
  if (!archives && mode === 'beside') return []
  // the first record is what a time as target needs behind it: recovery stops at a commit that is too late
  const sql = `select pg_logical_emit_message(true, 'pitr', 'here'); select pg_walfile_name(pg_switch_wal());`
  return [
    {
      id: 'archive',
      title: 'Archive everything up to now',
      why: 'A segment is archived when it is full. The last moments are in one that is not.',
      commands: [{ on: host, run: `psql -XAtq -c "${sql}" | tail -n 1`, timeoutS: 60 }],
      // with one repository away nothing more is archived anywhere: a cluster that was stopped by then would stay so
      verify: segmentArchived(host, mode === 'whole' ? [spare, ...otherRepositories] : [spare]),
    },
  ]
}

/** Restored on the spare, and recovered up to the target there. */
function onSpare(recovery: Recovery, why: string): Step[] {
  const { spare } = recovery
  return [
    {
      id: 'spare-restore',
      title: `Restore on ${spare}, with archiving off`,
      why,
      commands: [
        { on: spare, run: stopped },
        { on: spare, run: `mkdir -p -m 0700 ${pgdata}` },
        {
          on: spare,
          run: `pgbackrest --config=${spareConfig} --stanza=${stanza} --delta ${restoreOptions(recovery)} --archive-mode=off restore`,
          retryS: 120,
        },
      ],
      verify: async ({ sh }, outputs) => {
        await sh(
          spare,
          `test -f ${pgdata}/recovery.signal && grep -q "^archive_mode = 'off'" ${pgdata}/postgresql.auto.conf`,
        )
        return /restore size = .*/.exec(outputs[2] ?? '')?.[0] ?? 'restored'
      },
    },
    {
      id: 'spare-recover',
      title: 'Replay WAL up to the target',
      why: 'It listens on its socket only: no client may take it for production.',
      commands: [
        { on: spare, run: stopped },
        { on: spare, run: `rm -f ${spareLog}` },
        { on: spare, run: `pg_ctl -D ${pgdata} -w -t 600 ${alone(spareLog)} start`, mayFail: true },
      ],
      verify: promoted(spare, spareSocket, spareLog),
    },
  ]
}

function besideSteps(recovery: Recovery): Step[] {
  const { spare, production } = recovery
  return [
    ...archiveStep(recovery),
    ...onSpare(
      recovery,
      `${spare} has the repository and no database. What it writes must never get into the archive.`,
    ),
    {
      id: 'compare',
      title: 'See that production did not change',
      why: 'The same system identifier, and still its own timeline: two clusters, of which one takes clients.',
      commands: [],
      verify: async ({ sql, production: now }) => {
        const [archiving, systemId] = await sql(
          spare,
          `select current_setting('archive_mode'), (select system_identifier from pg_control_system())`,
          spareSocket,
        )
        if (archiving !== 'off') throw new Error(`the spare would archive: archive_mode is ${archiving}`)
        const present = await now()
        if (!production || !present) return `the spare runs, archive_mode off; production does not answer`
        if (present.systemId !== systemId) throw new Error(`the spare is of another cluster, ${systemId}`)
        const { timeline, host } = present
        const same = timeline === production.timeline ? `still timeline ${timeline}` : `timeline ${timeline} by now`
        return `production: ${host} leads, system identifier ${present.systemId}, ${same}`
      },
    },
  ]
}

function wholeSteps(recovery: Recovery): Step[] {
  const { spare, leader, walDisk, replicas, scope, repository, otherRepositories } = recovery
  const forgotten = ['status', 'sync'].map((key) => `/service/${scope}/${key}`)
  const stop = (id: string, hosts: string[], title: string, why: string): Step => ({
    id,
    title,
    why,
    commands: hosts.map((on) => ({ on, run: 'sv -w 90 stop patroni' })),
    verify: async ({ sh }) => {
      for (const host of hosts) await sh(host, `! pg_ctl -D ${pgdata} status`)
      return `PostgreSQL does not run on ${hosts.join(', ')}`
    },
  })
  return [
    ...archiveStep(recovery),
    ...onSpare(recovery, 'A rehearsal: that the target can be reached is known before production is stopped.'),
    {
      id: 'spare-remove',
      title: `Remove the rehearsal from ${spare}`,
      why: 'It has shown what it was for.',
      commands: [
        { on: spare, run: stopped },
        { on: spare, run: `rm -rf ${pgdata}` },
      ],
      verify: async ({ sh }) => {
        await sh(spare, `! test -e ${pgdata}`)
        return 'nothing of it is left'
      },
    },
    ...(replicas.length > 0
      ? [
          stop(
            'stop-replicas',
            replicas,
            'Stop Patroni on the replicas',
            'First they: none may be promoted when the leader goes.',
          ),
        ]
      : []),
    stop(
      'stop-leader',
      [leader],
      `Stop Patroni on ${leader}`,
      'PostgreSQL stops with it, and archives the rest of its WAL.',
    ),
    {
      id: 'restore',
      title: `Restore on ${leader}`,
      why: 'Delta: files that are as in the backup stay. Archiving stays on, or the archive would lack the new timeline.',
      commands: [
        {
          on: leader,
          run: `pgbackrest --stanza=${stanza} ${repository === null ? '' : `--repo=${repository} `}--delta ${walDisk ? `${linkWal} ` : ''}${restoreOptions(recovery)} restore`,
          retryS: 120,
        },
      ],
      verify: async ({ sh }, outputs) => {
        await sh(
          leader,
          `test -f ${pgdata}/recovery.signal && ! grep -q "^archive_mode = 'off'" ${pgdata}/postgresql.auto.conf`,
        )
        return /restore size = .*/.exec(outputs[0] ?? '')?.[0] ?? 'restored'
      },
    },
    {
      id: 'promote',
      title: 'Replay WAL up to the target, and promote',
      why: 'Without Patroni, clients and standbys: nobody writes before it is what it shall be.',
      commands: [
        { on: leader, run: stopped },
        { on: leader, run: `rm -f ${pitrLog}` },
        { on: leader, run: `pg_ctl -D ${pgdata} -w -t 600 ${alone(pitrLog)} start`, mayFail: true },
      ],
      verify: promoted(leader, '', pitrLog),
    },
    {
      id: 'archive-timeline',
      title: 'Archive the new timeline',
      why: 'Its history file tells every later recovery where it left the old one. Without it none gets across.',
      commands: [{ on: leader, run: stopped }],
      verify: historyArchived(leader, [spare, ...otherRepositories]),
    },
    {
      id: 'forget-position',
      title: 'Forget how far the old timeline had come, and who was in step with it',
      why: 'Patroni lets nobody lead who is further behind that position than maximum_lag_on_failover, and everybody is now; nor, in synchronous mode, whom the key sync does not name.',
      commands: forgotten.map((key) => ({ on: leader, run: `etcdctl del ${key}` })),
      verify: async ({ sh }) => {
        for (const key of forgotten) await sh(leader, `left=$(etcdctl get --keys-only ${key}) && test -z "$left"`)
        return `the keys ${forgotten.join(' and ')} are gone; configuration and identity of the cluster stay`
      },
    },
    {
      id: 'start-leader',
      title: `Start Patroni on ${leader}`,
      why: 'It finds the cluster that it knows, by its system identifier, takes the leader key, and promotes itself.',
      commands: [{ on: leader, run: 'sv start patroni' }],
      verify: running(leader),
    },
    {
      id: 'check',
      title: 'Check the archive',
      why: 'A segment is switched, and has to arrive.',
      commands: [{ on: spare, run: `pgbackrest --stanza=${stanza} check`, retryS: 60 }],
      verify: async () => 'pgbackrest check: the segment arrived',
    },
    fullBackup('backup', 'Make a full backup', spare),
    ...otherRepositories.map((host) => fullBackup(`backup-${host}`, `Make a full backup on ${host}`, host)),
    ...replicas.map((replica): Step => ({
      id: `rebuild-${replica}`,
      title: `Rebuild ${replica}`,
      why: 'Its data is ahead of the moment that the cluster went back to, so it can not follow as it is.',
      commands: [
        { on: replica, run: 'sv start patroni' },
        // and waits: Patroni may have rewound the host before, and that streams as well
        { on: replica, run: reinitCommand(scope, replica, '--wait'), retryS: 120, timeoutS: 600 },
      ],
      verify: streams(leader, replica),
    })),
  ]
}

const fullBackup = (id: string, title: string, on: string): Step => ({
  id,
  title,
  why: 'Recovery to a moment from now on shall not have to go by the old timeline, nor a replica that is made of the newest backup.',
  commands: [{ on, run: `pgbackrest --stanza=${stanza} --type=full backup`, retryS: 60 }],
  verify: async (_tools, outputs) => /new backup label = \S+/.exec(outputs[0] ?? '')?.[0] ?? 'made',
})

/** What one does with a spare that runs. */
export const useOf = ({ mode, spare }: Recovery, database: string): { on: string; run: string }[] =>
  mode === 'whole'
    ? []
    : [
        { on: spare, run: `psql ${spareSocket} ${database}` },
        { on: spare, run: `pg_dump ${spareSocket} --no-owner -t TABLE ${database} | psql` },
      ]
