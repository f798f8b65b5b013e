import type { BackupsView, BackupView } from '../contract/backup.js'
import { ago, bytes, count, seconds, table } from './output.js'

const clock = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`

const row = (backup: BackupView): string[] => [
  backup.label,
  backup.type,
  clock(backup.stoppedAt),
  seconds(backup.stoppedAt - backup.startedAt),
  bytes(backup.databaseBytes),
  bytes(backup.repositoryBytes),
  `${backup.stopLsn} on ${backup.timeline}`,
  [backup.needs.length > 0 ? `needs ${count(backup.needs.length, 'other')}` : '', backup.damaged ? 'damaged pages' : '']
    .filter(Boolean)
    .join(', '),
]

/** When cron backs up, and how its last run here ended. */
function schedule({ schedules, scheduled, at }: BackupsView): string[] {
  if (schedules.length === 0) return []
  const when = schedules.map((one) => `${one.type} at ${one.at}`).join(', ')
  const last = scheduled
    ? `the last run, ${scheduled.type}, ended ${ago(scheduled.endedAt, at)}: ${scheduled.text}`
    : 'no run has ended yet'
  return [`scheduled   ${when}; ${last}`]
}

/** What is there, and what can be reached with it. */
export function backupsText(view: BackupsView): string {
  const { window, archive, timelines } = view
  const head = ['label', 'type', 'ended', 'took', 'database', 'repository', 'consistent from', '']
  const lines = [
    `repository  ${view.repository}${others(view)}, ${view.ok ? 'ok' : view.message}${view.encrypted ? ', encrypted' : ''}, keeps ${count(view.keepFull, 'full backup')}`,
    ...schedule(view),
    `archive     ${archive ? `${archive.first} to ${archive.last}, ${count(archive.segments, 'segment')}, ${bytes(archive.bytes)}, the last one ${ago(archive.lastAt, view.at)}` : 'empty'}`,
    `timelines   ${timelines.map(({ timeline, parent, from }) => (parent === null ? `${timeline}` : `${timeline} (left ${parent} at ${from})`)).join(', ')}`,
    window
      ? `reachable   ${clock(window.from)} to ${window.open ? 'now' : clock(window.to)}; ${window.fromLsn} to ${window.toLsn}; timeline ${window.timelines.toReversed().join(' > ')}`
      : 'reachable   nothing yet: there is no backup with an archive behind it',
  ]
  return `${lines.join('\n')}\n\n${view.backups.length > 0 ? table(view.backups.map(row), head) : 'no backups\n'}`
}

const others = ({ repository, repositories }: BackupsView): string => {
  const more = repositories.filter((host) => host !== repository)
  return more.length > 0 ? ` (besides ${more.join(', ')})` : ''
}

export const backupText = (backup: BackupView): string =>
  `${backup.type} backup ${backup.label}: ${seconds(backup.stoppedAt - backup.startedAt)}, ${bytes(backup.databaseBytes)} of database, ${bytes(backup.repositoryBytes)} in the repository\n`
