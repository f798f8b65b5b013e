import type {
  BackupsView,
  BackupType,
  BackupView,
  ExpireView,
  PitrMode,
  PitrTarget,
  PitrView,
  VerifyView,
} from '../contract/backup.js'
import { DojoError } from '../contract/errors.js'
import type { LabRecord } from '../contract/record.js'
import type { LabHandle } from '../lab/handle.js'
import { expireBackups, makeBackup, verifyBackups } from './make-backup.js'
import { createRecoveries } from './recoveries.js'
import { findProduction } from './production.js'
import { readBackups, repositoryHost } from './repository.js'

export interface PitrRequest {
  mode: PitrMode
  target: PitrTarget
  /** The host whose backups it begins from, and that is the spare; absent: the first that keeps backups. */
  repository?: string | undefined
}

/** Backup and recovery of one lab. `repository`: the host that is meant; absent: the first that keeps backups. */
export interface Backups {
  view(repository?: string): Promise<BackupsView>
  make(type: BackupType, repository?: string): Promise<BackupView>
  verify(repository?: string): Promise<VerifyView>
  expire(keepFull?: number, repository?: string): Promise<ExpireView>
  /** What a recovery would do. Does nothing. */
  plan(request: PitrRequest): Promise<PitrView>
  /** Begins a recovery, and returns once its plan is kept: it goes on by itself. */
  start(request: PitrRequest): Promise<PitrView>
  /** Goes on with one that failed, or whose app was killed. */
  resume(): Promise<PitrView>
  /** Takes the spare of a recovery away, starts replicas again that it has stopped, and forgets the recovery. */
  remove(): Promise<PitrView>
  /** The recovery that runs, or the last one; null when there was none. */
  pitr(): Promise<PitrView | null>
  onPitr(listener: (view: PitrView) => void): () => void
  /** Whether a recovery runs in this process. */
  busy(): boolean
  /** Ends what runs here, in a state from which it can be resumed. */
  close(): Promise<void>
}

export function createBackups(handle: LabHandle, append: (record: LabRecord) => void): Backups {
  const ending = new AbortController()
  const { signal } = ending
  const view = async (repository?: string): Promise<BackupsView> => {
    const host = repositoryHost(handle, repository)
    return readBackups(handle, host, (await findProduction(handle, signal))?.archives ?? false, signal)
  }
  const recoveries = createRecoveries(handle, view, append, signal)
  const idle = <T>(work: () => Promise<T>): Promise<T> => {
    if (!recoveries.busy()) return work()
    throw new DojoError('lab-busy', {
      what: `A recovery of lab "${handle.info.lab}" runs`,
      why: 'it uses the repository, and the cluster is not what it was',
      next: `Watch it with \`dojo pitr ${handle.info.lab}\``,
    })
  }
  return {
    view,
    make: (type, repository) => idle(async () => makeBackup(handle, repositoryHost(handle, repository), type, signal)),
    verify: async (repository) => verifyBackups(handle, repositoryHost(handle, repository), signal),
    expire: (keepFull, repository) =>
      idle(async () => expireBackups(handle, repositoryHost(handle, repository), keepFull, signal)),
    plan: recoveries.plan,
    start: recoveries.start,
    resume: recoveries.resume,
    remove: recoveries.remove,
    pitr: recoveries.present,
    onPitr: recoveries.onChange,
    busy: recoveries.busy,
    async close() {
      ending.abort()
      await recoveries.settled()
    },
  }
}
