import { repositoriesOf } from '../../lab/plan.js'
import { parametersOf } from '../config/view.js'
import type { HealthFinding } from '../../contract/health.js'
import { repositoryPart } from '../../contract/repository.js'
import {
  finding,
  firstBackupWithinMs,
  fresh,
  isSettled,
  onHost,
  primaryOf,
  sqlOn,
  type HealthInput,
  type Rule,
} from './input.js'

/** How old the newest backup may be: one a day, and two hours to make it. */
const oldMs = 26 * 3_600_000

const isNew = ({ info, now }: HealthInput): boolean => now - info.createdAt < firstBackupWithinMs

/** WAL that the primary could not archive: it stays on its disk, and a recovery ends before it. */
export const archiveFailing: Rule = (input) => {
  const primary = primaryOf(input)
  const archiver = fresh(primary?.postgres)?.archiver
  if (!primary || !archiver?.lastFailedAt || archiver.lastFailedAt <= (archiver.lastArchivedAt ?? 0)) return []
  const text = `${primary.name} can't archive ${archiver.lastFailed ?? 'WAL'}: ${archiver.failedCount} attempts failed`
  const since = input.eventAt(['archive.failing'], primary.name)
  const next = sqlOn(input, primary.name, 'select * from pg_stat_archiver')
  return [finding({ rule: 'archive-failing', subsystem: 'archiving', host: primary.name }, { text, since, next })]
}

/** A repository, and nothing is sent there. */
export const archiveOff: Rule = (input) => {
  const config = fresh(input.state.dcs)?.config
  if (repositoriesOf(input.info.spec).length === 0 || !config || isNew(input)) return []
  const parameters = parametersOf(config)
  const wordOf = (name: string): string => {
    const value = parameters.get(name) ?? ''
    return typeof value === 'string' ? value.trim() : JSON.stringify(value)
  }
  const [command, mode] = [wordOf('archive_command'), wordOf('archive_mode') || 'off']
  if (['on', 'always', 'true'].includes(mode) && !['', '/bin/true', 'true', ':'].includes(command)) return []
  const why =
    command === ''
      ? 'archive_command is empty'
      : command === '/bin/true'
        ? 'archive_command throws WAL away'
        : `archive_mode is ${mode}`
  const text = `WAL is not archived: ${why}`
  const host = primaryOf(input)?.name ?? null
  const since = input.eventAt(['config.changed'])
  const next = `dojo config ${input.info.lab}`
  return [finding({ rule: 'archive-off', subsystem: 'archiving', host }, { text, since, next })]
}

export const noBackup: Rule = (input) => repositoriesOf(input.info.spec).flatMap((host) => noBackupOn(input, host))

function noBackupOn(input: HealthInput, host: string): HealthFinding[] {
  const reading = fresh(repositoryPart(input.state, host))
  if (!reading || isNew(input)) return []
  const newest = reading.backups.at(-1)
  if (newest && input.now - newest.stoppedAt < oldMs) return []
  const next = onHost(
    input,
    host,
    newest ? 'pgbackrest --type=diff backup' : 'tail -n 20 /var/log/pgbackrest/first-backup.log',
  )
  const text = newest
    ? `the newest backup, ${newest.label}, is ${Math.round((input.now - newest.stoppedAt) / 3_600_000)} h old`
    : 'there is no backup'
  const about = { rule: newest ? 'backup-old' : 'no-backup', subsystem: 'backups', host } as const
  return [finding(about, { text, since: newest?.stoppedAt ?? input.info.createdAt, next })]
}

/** pgBackRest can't use its repository. */
export const repositoryError: Rule = (input) =>
  repositoriesOf(input.info.spec).flatMap((host) => repositoryErrorOn(input, host))

function repositoryErrorOn(input: HealthInput, host: string): HealthFinding[] {
  const backup = repositoryPart(input.state, host)
  if (isNew(input) || !isSettled(input, host)) return []
  const silent = backup.stale && backup.error !== undefined
  const wrong = silent ? backup.error! : backup.value && !backup.value.stanzaOk ? backup.value.message : null
  if (wrong === null) return []
  const text = `pgBackRest can't use its repository on ${host}: ${wrong}`
  const next = onHost(input, host, 'pgbackrest check')
  return [
    finding({ rule: 'repository-error', subsystem: 'backups', host }, { text, since: silent ? backup.at : null, next }),
  ]
}
