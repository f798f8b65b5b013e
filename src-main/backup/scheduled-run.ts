import { backupTypes, type ScheduledRun } from '../contract/backup.js'

const line = new RegExp(`^(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d) (${backupTypes.join('|')}): (.+)$`)

/** The last run, from the last line of its log (docker/rootfs, scheduled-backup); null when there is none. */
export function scheduledRunOf(log: string): ScheduledRun | null {
  const [, day, clock, type, text] = line.exec(log.trim()) ?? []
  const known = backupTypes.find((one) => one === type)
  if (!known || !text) return null
  const outcome = text.startsWith('made ') ? 'made' : text.startsWith('no backup') ? 'none' : 'failed'
  return { endedAt: Date.parse(`${day}T${clock}Z`), type: known, outcome, text }
}
