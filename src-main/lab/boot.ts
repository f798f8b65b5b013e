import { DojoError, type Said } from '../contract/errors.js'
import type { BootProgress, Credentials, LabHost, LabInfo, UpOptions } from '../contract/lab.js'
import { requireRoom } from '../doctor/limits.js'
import { connectDocker } from '../docker/engine.js'
import { engineFacts } from '../docker/engine-facts.js'
import type { EngineClient } from '../docker/hosts.js'
import { requireImage } from '../docker/image-status.js'
import { deadline } from '../util/deadline.js'
import { logFor } from '../util/log.js'
import { logged } from '../util/logged.js'
import { startFirstBackup, watchFirstBackup } from './backup.js'
import { bootProgressOf, type Progress } from './boot-progress.js'
import { eraseLab } from './erase.js'
import { lockLab } from './lock.js'
import { makeHosts, startHosts } from './make-hosts.js'
import { prepareLab } from './prepare.js'
import { stateAfter } from './states.js'
import { addBootTime, changeState, labDir, readBootTimes, type Home } from './store.js'
import { watchUntilHealthy } from './watch-boot.js'
import { explainUnhealthy } from './why-unhealthy.js'

const log = logFor('lab')

/** A boot that goes on whoever watches. */
export interface Boot {
  readonly lab: string
  readonly progress: Progress
  /** Resolves when the lab is healthy; rejects with the reason when it is not going to be. */
  readonly done: Promise<LabInfo>
  /** Resolves when the first backup is there, or was given up. Never rejects. */
  readonly settled: Promise<void>
  /** Stops and removes everything; resolves when nothing is left. */
  cancel(): Promise<void>
}

/**
 * Begins to boot a lab. Resolves once its name is taken and its folder is there; everything that is wrong with the
 * options, the topology, the settings, the ports or the engine rejects before that, and leaves nothing.
 */
export async function beginBoot(home: Home, options: UpOptions): Promise<Boot> {
  const docker = await connectDocker()
  const [image, facts] = await Promise.all([requireImage(), engineFacts()])
  requireRoom(facts)
  const prepared = await prepareLab(home, options, image, facts)
  const { info, credentials } = prepared
  return bootWith(docker, home, info, credentials, (progress, signal) =>
    makeHosts(docker, home, prepared, progress, signal),
  )
}

/** Goes on with a boot whose app died after every host was made. */
export async function resumeBoot(home: Home, info: LabInfo, credentials: Credentials): Promise<Boot> {
  const docker = await connectDocker()
  return bootWith(docker, home, info, credentials, (progress, signal) =>
    startHosts(docker, home, { info }, progress, signal),
  )
}

type Make = (progress: Progress, signal: AbortSignal) => Promise<LabHost[]>

async function bootWith(
  docker: EngineClient,
  home: Home,
  info: LabInfo,
  credentials: Credentials,
  make: Make,
): Promise<Boot> {
  const { lab, spec } = info
  const lock = await lockLab(labDir(home, lab), lab, 'booted')
  const progress = bootProgressOf(lab, spec, await readBootTimes(home, spec.topology))
  const cancelled = new AbortController()
  const run = (): Promise<LabInfo> => boot(docker, home, info, credentials, make, progress, cancelled.signal)
  const done = logged(log, 'boot lab', { lab }, run).finally(() => lock.release())
  const settled = done
    .then((healthy) => watchFirstBackup(docker, home, healthy, progress, cancelled.signal))
    .catch(() => undefined)
  return {
    lab,
    progress,
    done,
    settled,
    async cancel() {
      cancelled.abort(cancelledError(lab))
      await settled
      await eraseLab(docker, home, lab)
    },
  }
}

const cancelledError = (lab: string): DojoError =>
  new DojoError('cancelled', {
    what: `The boot of "${lab}" was cancelled`,
    why: 'somebody asked for it',
    next: 'Nothing of it is left',
  })

/** Makes the hosts and watches them at the same time: the first ones elect and run initdb while others start. */
async function boot(
  docker: EngineClient,
  home: Home,
  info: LabInfo,
  credentials: Credentials,
  make: Make,
  progress: Progress,
  cancelled: AbortSignal,
): Promise<LabInfo> {
  const withinMs = info.spec.healthy.within * 1000
  const notMade = new AbortController()
  const limit = deadline(withinMs, cancelled, notMade.signal)
  const { signal } = limit
  const making = make(progress, signal).catch((error: unknown) => {
    notMade.abort(error)
    throw error
  })
  const [hosts, watched] = await Promise.allSettled([making, watchUntilHealthy(info, credentials, progress, signal)])
  limit.clear()
  if (cancelled.aborted) {
    progress.settle('removing', saidOf(cancelled.reason))
    throw cancelled.reason // whoever cancelled removes it
  }
  if (hosts.status === 'rejected') {
    progress.end('containers', 'failed')
    progress.settle('removing', saidOf(hosts.reason))
    await eraseLab(docker, home, info.lab) // half-made hosts teach nobody
    throw hosts.reason
  }
  if (watched.status === 'rejected') {
    const unhealthy = await explainUnhealthy(docker, home, info, progress, withinMs)
    progress.settle('failed', saidOf(unhealthy))
    await changeState(home, info.lab, { state: stateAfter('booting', 'gave-up') }, saidOf(unhealthy))
    throw unhealthy
  }
  return answered(docker, home, info, progress)
}

async function answered(
  docker: EngineClient,
  home: Home,
  { lab, topology }: LabInfo,
  progress: Progress,
): Promise<LabInfo> {
  const times = progress.times()
  const totalMs = progress.elapsed()
  const perPhase = Object.entries(times).map(([phase, [from, to]]) => [phase, (to - from) / 1000])
  const seconds = { ...Object.fromEntries(perPhase), total: totalMs / 1000 } as Record<string, number>
  const { info } = await changeState(home, lab, { state: stateAfter('booting', 'answered'), seconds })
  progress.settle('healthy')
  await Promise.all([
    addBootTime(home, topology, { totalMs, phases: times }),
    startFirstBackup(docker, home, info, progress),
  ])
  return info
}

/** An error as screens show it. */
export const saidOf = (error: unknown): NonNullable<BootProgress['error']> => {
  if (error instanceof DojoError) return { code: error.code, ...error.said }
  const said: Said = {
    what: 'The boot failed',
    why: error instanceof Error ? error.message : String(error),
    next: 'Look at the log',
  }
  return { code: 'internal', ...said }
}
