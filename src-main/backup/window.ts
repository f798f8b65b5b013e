import type { BackupsView, BackupView, RecoverableWindow, TimelineView } from '../contract/backup.js'
import { lsnOf, lsnText, segmentOf } from './lsn.js'
import { ancestryOf, type Ancestor } from './timelines.js'

/** Whether recovery along these timelines can begin with a backup: it was made on them, before they were left. */
export function onAncestry(backup: BackupView, ancestry: readonly Ancestor[]): boolean {
  const part = ancestry.find(({ timeline }) => timeline === backup.timeline)
  return part !== undefined && (part.leftAt === null || lsnOf(backup.stopLsn) <= lsnOf(part.leftAt))
}

export const newestTimeline = (timelines: readonly TimelineView[]): number => timelines.at(-1)?.timeline ?? 1

interface Known extends Pick<BackupsView, 'backups' | 'archive' | 'timelines' | 'at'> {
  archives: boolean
}

/**
 * What can be reached on the newest timeline. It begins where the oldest backup ended: until then its files are not
 * consistent. It ends with the present while a primary archives, and with the newest archived segment otherwise.
 */
export function windowOf({ backups, archive, timelines, at, archives }: Known): RecoverableWindow | null {
  const ancestry = ancestryOf(timelines, newestTimeline(timelines))
  const usable = backups.filter((backup) => !backup.damaged && onAncestry(backup, ancestry))
  const oldest = usable.reduce<BackupView | null>(
    (first, one) => (!first || one.stoppedAt < first.stoppedAt ? one : first),
    null,
  )
  if (!oldest || !archive) return null
  return {
    from: oldest.stoppedAt,
    to: archives ? at : Math.max(archive.lastAt, oldest.stoppedAt),
    fromLsn: oldest.stopLsn,
    toLsn: lsnText(segmentOf(archive.last).endLsn),
    timelines: ancestry.map(({ timeline }) => timeline),
    open: archives,
  }
}
