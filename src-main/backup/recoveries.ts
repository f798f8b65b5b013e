import type { BackupsView, PitrView } from '../contract/backup.js'
import { DojoError } from '../contract/errors.js'
import type { LabRecord } from '../contract/record.js'
import type { LabHandle } from '../lab/handle.js'
import { holderOf, lockLab } from '../lab/lock.js'
import { hostsWith, repositoriesOf, repositoryKey } from '../lab/plan.js'
import { logFor } from '../util/log.js'
import type { PitrRequest } from './backups.js'
import { removeSpare, startReplicas } from './give-up.js'
import { newPitr, pitrViewOf, readPitr, writePitr, type PitrFile } from './pitr-file.js'
import { runPitr } from './pitr-run.js'
import type { Recovery } from './pitr-steps.js'
import { findProduction } from './production.js'
import { repositoryHost } from './repository.js'
import { reach } from './target.js'

const log = logFor('backup')
const busyStates = ['running', 'interrupted', 'failed']

/** Recoveries of one lab, one at a time: what they are about to do is in the lab's folder before they do it. */
export function createRecoveries(
  handle: LabHandle,
  backups: (repository: string) => Promise<BackupsView>,
  append: (record: LabRecord) => void,
  signal: AbortSignal,
) {
  const { dir, info } = handle
  const listeners = new Set<(view: PitrView) => void>()
  let job: Promise<void> | null = null

  const tell = (file: PitrFile): void => {
    for (const listener of listeners) listener(pitrViewOf(file))
  }
  const note = (text: string, { state, recovery: { mode, target } }: PitrFile): void => {
    const words = mode === 'whole' ? `the whole cluster goes back: ${text}` : `recovery beside the cluster: ${text}`
    const data = { state, mode, target: `${target.kind} ${target.value}` }
    append({ t: Date.now(), k: 'event', kind: 'pitr', text: words, data, source: 'app' })
  }

  const planned = async ({ mode, target, repository }: PitrRequest): Promise<PitrFile> => {
    const spare = repositoryHost(handle, repository)
    const [view, production, credentials] = await Promise.all([
      backups(spare),
      findProduction(handle, signal),
      handle.credentials(),
    ])
    const reached = reach(view, target)
    const hosts = hostsWith(info.spec, 'patroni')
    const leader = production?.host ?? hosts[0]!
    const repositories = repositoriesOf(info.spec)
    if (mode === 'whole') await needRunning(hosts, repositories)
    const recovery: Recovery = {
      mode,
      ...reached,
      spare,
      production,
      leader,
      walDisk: info.spec.hosts[leader]?.walDisk !== undefined,
      replicas: hosts.filter((host) => host !== leader),
      repository: repositories.length > 1 ? repositoryKey(info.spec, spare) : null,
      otherRepositories: repositories.filter((host) => host !== spare),
      scope: info.scope,
    }
    return newPitr(recovery, credentials.app.database)
  }
  const needRunning = async (hosts: string[], repositories: string[]): Promise<void> => {
    const states = await handle.hostStates()
    const isDown = (host: string): boolean => states[host]?.container !== 'running'
    const [data, keepers] = [hosts.filter(isDown), repositories.filter(isDown)]
    if (data.length + keepers.length === 0) return
    throw new DojoError('host-down', {
      what: 'The whole cluster can not go back now',
      why:
        data.length > 0
          ? `${data.join(', ')} does not run, and would come back with what shall be gone`
          : `${keepers.join(', ')} does not run, and until every repository does, WAL is not archived`,
      next: `Heal it first: \`dojo heal ${info.lab}\``,
    })
  }
  /** A process that ended in the middle of it left "running" behind. */
  const current = async (): Promise<PitrFile | null> => {
    const file = await readPitr(dir)
    if (file?.state === 'running' && !job && !(await holderOf(dir))) return { ...file, state: 'interrupted' }
    return file
  }
  const busy = (file: PitrFile): DojoError =>
    new DojoError('lab-busy', {
      what: `There is a recovery of lab "${info.lab}" already`,
      why: `it is ${file.state}, ${file.recovery.mode === 'beside' ? `on ${file.recovery.spare}` : 'of the whole cluster'}`,
      next:
        file.state === 'done'
          ? `Remove it first: \`dojo pitr ${info.lab} --remove\``
          : `Go on with \`dojo pitr ${info.lab} --resume\`, or take it away with --remove`,
    })

  /** Carries a recovery out, under the lab's lock: nobody removes the lab, or restores it twice. */
  const begin = async (file: PitrFile): Promise<PitrView> => {
    const lock = await lockLab(dir, info.lab, 'restored')
    const save = async (): Promise<void> => {
      await writePitr(dir, file)
      tell(file)
    }
    try {
      Object.assign(file, { state: 'running', error: null, endedAt: null } satisfies Partial<PitrFile>)
      await save()
    } catch (error) {
      await lock.release()
      throw error
    }
    note('begins', file)
    const work = async (): Promise<void> => {
      try {
        await runPitr({ handle, file, save, signal })
        file.state = 'done'
      } catch (error) {
        // an app that ends leaves it as it is: it can be resumed
        file.state = signal.aborted ? 'interrupted' : 'failed'
        const said = error instanceof DojoError ? { code: error.code, ...error.said } : null
        const why = error instanceof Error ? error.message : String(error)
        const next = `Go on with \`dojo pitr ${info.lab} --resume\``
        file.error = signal.aborted ? null : (said ?? { code: 'internal', what: 'The recovery failed', why, next })
        log.error({ lab: info.lab, err: error }, 'recovery stopped')
      }
      file.endedAt = Date.now()
      try {
        await writePitr(dir, file)
      } catch (err) {
        // the folder goes on to say that it runs, and nobody does: that is one that was cut off
        file.state = 'interrupted'
        log.error({ lab: info.lab, err }, 'the end of a recovery could not be kept')
      } finally {
        await lock.release().finally(() => (job = null))
      }
      note(file.state, file)
      tell(file)
    }
    job = work()
    job.catch((err: unknown) => log.error({ lab: info.lab, err }, 'recovery could not be kept'))
    return pitrViewOf(file)
  }

  return {
    plan: async (request: PitrRequest): Promise<PitrView> => pitrViewOf(await planned(request)),
    async start(request: PitrRequest): Promise<PitrView> {
      const before = await current()
      const spareInUse = before?.state === 'done' && before.recovery.mode === 'beside'
      if (before && (spareInUse || busyStates.includes(before.state))) throw busy(before)
      return begin(await planned(request))
    },
    async resume(): Promise<PitrView> {
      const file = await current()
      if (file && ['interrupted', 'failed'].includes(file.state)) return begin(file)
      throw new DojoError('not-yet', {
        what: `Nothing to resume in lab "${info.lab}"`,
        why: file ? `its recovery is ${file.state}` : 'no recovery was begun',
        next: `Begin one: \`dojo pitr ${info.lab} --to "2026-11-26 14:03:12" --beside\``,
      })
    },
    async remove(): Promise<PitrView> {
      const file = await current()
      if (!file || job || file.state === 'running') {
        throw new DojoError('not-yet', {
          what: `Nothing to remove in lab "${info.lab}"`,
          why: file ? 'its recovery runs' : 'no recovery was begun',
          next: 'Wait until it has ended',
        })
      }
      const unfinished = file.recovery.mode === 'whole' && busyStates.includes(file.state)
      if (unfinished && file.progress['stop-leader']) {
        throw new DojoError('not-yet', {
          what: 'This recovery can not be given up',
          why: 'production is stopped, and its data is on the way to the target',
          next: `Go on with \`dojo pitr ${info.lab} --resume\``,
        })
      }
      const lock = await lockLab(dir, info.lab, 'cleared of a recovery')
      try {
        if (unfinished && file.progress['stop-replicas']) await startReplicas(handle, file.recovery, signal)
        await removeSpare(handle, file.recovery, signal)
        file.state = 'removed'
        await writePitr(dir, file)
      } finally {
        await lock.release()
      }
      note('removed', file)
      tell(file)
      return pitrViewOf(file)
    },
    async present(): Promise<PitrView | null> {
      const file = await current()
      return file ? pitrViewOf(file) : null
    },
    onChange(listener: (view: PitrView) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    busy: () => job !== null,
    settled: async (): Promise<void> => {
      await job?.catch(() => undefined)
    },
  }
}
