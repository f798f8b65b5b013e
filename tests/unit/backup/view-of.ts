import type { BackupsView, BackupView } from '../../../src-main/contract/backup.js'
import { windowOf } from '../../../src-main/backup/window.js'

export const at = (clock: string): number => Date.parse(`2026-11-26T${clock}Z`)

export const backup = (label: string, stop: string, rest: Partial<BackupView> = {}): BackupView => ({
  label,
  type: 'full',
  startedAt: at(stop) - 4000,
  stoppedAt: at(stop),
  timeline: 1,
  startLsn: '0/4000028',
  stopLsn: '0/5000050',
  databaseBytes: 31_075_466,
  repositoryBytes: 3_715_926,
  needs: [],
  damaged: false,
  ...rest,
})

/** A repository at 14:10, whose primary archives. */
export function viewOf(rest: Partial<BackupsView> = {}, archives = true): BackupsView {
  const view: BackupsView = {
    lab: 'pw-1',
    at: at('14:10:00'),
    repository: 'backup',
    repositories: ['backup'],
    schedules: [],
    scheduled: null,
    ok: true,
    message: 'ok',
    encrypted: false,
    keepFull: 2,
    archive: {
      first: '000000010000000000000001',
      last: '000000010000000000000008',
      lastAt: at('14:06:00'),
      segments: 8,
      bytes: 4_000_000,
    },
    timelines: [{ timeline: 1, parent: null, from: null, reason: null }],
    window: null,
    backups: [backup('20261126-140000F', '14:00:04')],
    ...rest,
  }
  return { ...view, window: windowOf({ ...view, archives }) }
}
