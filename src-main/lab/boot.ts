import { DojoError, type Said } from '../contract/errors.js'
import type { BootProgress, LabInfo, UpOptions } from '../contract/lab.js'
import { connectDocker } from '../docker/engine.js'
import { createHost, hostPower, removeContainers, type EngineClient } from '../docker/hosts.js'
import { followLines } from '../docker/host-logs.js'
import { requireImage } from '../docker/image-status.js'
import { createLabNetwork, removeLabNetwork } from '../docker/networks.js'
import { logFor } from '../util/log.js'
import { logged } from '../util/logged.js'
import { startFirstBackup, watchFirstBackup } from './backup.js'
import { bootProgressOf, type Progress } from './boot-progress.js'
import { lockLab } from './lock.js'
import { addressesOf, addressOf, bytesOf, type LabPlan } from './plan.js'
import { makePki } from './pki.js'
import { hostsOf, prepareLab, type Prepared } from './prepare.js'
import { renderEnvironment, renderHost } from './render/index.js'
import { stateAfter } from './states.js'
import { addBootTime, changeState, forgetLab, labDir, ownerOf, readBootTimes, type Home } from './store.js'
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
  const prepared = await prepareLab(home, options, await requireImage())
  const { lab, spec } = prepared.info
  const lock = await lockLab(labDir(home, lab), lab, 'booted')
  const progress = bootProgressOf(lab, spec, await readBootTimes(home, spec.topology))
  const cancelled = new AbortController()
  const run = async (): Promise<LabInfo> => {
    try {
      const info = await makeHosts(docker, home, prepared, progress, cancelled.signal)
      return await becomeHealthy(docker, home, info, prepared.credentials, progress, cancelled.signal)
    } finally {
      await lock.release()
    }
  }
  return bootFrom(home, docker, lab, progress, cancelled, logged(log, 'boot lab', { lab }, run))
}

/** Goes on with a boot whose app died after every host was made. */
export async function resumeBoot(home: Home, info: LabInfo, credentials: Prepared['credentials']): Promise<Boot> {
  const docker = await connectDocker()
  const lock = await lockLab(labDir(home, info.lab), info.lab, 'booted')
  const progress = bootProgressOf(info.lab, info.spec, await readBootTimes(home, info.topology))
  const cancelled = new AbortController()
  const run = async (): Promise<LabInfo> => {
    try {
      progress.begin('containers')
      await Promise.all(info.hosts.map(({ name }) => hostPower(docker, ownerOf(home, info.lab)).start(name)))
      for (const { name } of info.hosts) progress.container(name, 'running')
      progress.end('containers')
      return await becomeHealthy(docker, home, info, credentials, progress, cancelled.signal)
    } finally {
      await lock.release()
    }
  }
  return bootFrom(home, docker, info.lab, progress, cancelled, logged(log, 'resume boot', { lab: info.lab }, run))
}

function bootFrom(
  home: Home,
  docker: EngineClient,
  lab: string,
  progress: Progress,
  cancelled: AbortController,
  done: Promise<LabInfo>,
): Boot {
  const settled = done
    .then((info) => watchFirstBackup(docker, home, info, progress, cancelled.signal))
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

/** Network, certificates, containers; all in parallel, as far as one does not need the other. */
async function makeHosts(
  docker: EngineClient,
  home: Home,
  { info, credentials, ports }: Prepared,
  progress: Progress,
  signal: AbortSignal,
): Promise<LabInfo> {
  const { lab, spec, settings, scope, image } = info
  const owner = ownerOf(home, lab)
  progress.begin('containers')
  try {
    const [prefix, pki] = await Promise.all([createLabNetwork(docker, owner), makePki(Object.keys(spec.hosts))])
    signal.throwIfAborted()
    const known: LabInfo = { ...info, hosts: hostsOf(spec, ports, prefix) }
    await changeState(home, lab, { hosts: known.hosts })
    const plan: LabPlan = { lab, scope, topology: spec, settings, prefix, credentials, pki }
    const power = hostPower(docker, owner)
    let running = 0
    await everyOne(
      Object.entries(spec.hosts).map(async ([host, { memory }]) => {
        await createHost(docker, {
          owner,
          host,
          image,
          address: addressOf(plan, host),
          peers: addressesOf(plan),
          memoryBytes: bytesOf(memory),
          env: renderEnvironment(plan, host),
          files: renderHost(plan, host),
          ports: Object.fromEntries(ports.filter((p) => p.host === host).map(({ inside, port }) => [inside, port])),
        })
        progress.container(host, 'created')
        signal.throwIfAborted()
        await power.start(host)
        progress.container(host, 'running')
        progress.detail('containers', `${++running} of ${info.hosts.length} run`)
        void followLines(docker, owner, host, AbortSignal.any([signal]), ({ service, line }) =>
          progress.line(host, service, line),
        ).catch(
          () => undefined, // the log on the boot screen is not worth failing a boot
        )
      }),
    )
    progress.end('containers')
    return known
  } catch (error) {
    progress.end('containers', 'failed')
    const why = signal.aborted ? (signal.reason as Error) : error
    progress.settle('removing', saidOf(why))
    await eraseLab(docker, home, lab) // half-made hosts teach nobody
    throw why
  }
}

/** Like Promise.all, but waits for all before it rejects: what is still being made can't be removed. */
async function everyOne(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected')
  if (failed) throw (failed as PromiseRejectedResult).reason
}

async function becomeHealthy(
  docker: EngineClient,
  home: Home,
  info: LabInfo,
  credentials: Prepared['credentials'],
  progress: Progress,
  cancelled: AbortSignal,
): Promise<LabInfo> {
  const withinMs = info.spec.healthy.within * 1000
  const tooLate = AbortSignal.timeout(withinMs)
  try {
    await watchUntilHealthy(info, credentials, progress, AbortSignal.any([cancelled, tooLate]))
  } catch (error) {
    if (cancelled.aborted) {
      progress.settle('removing', saidOf(cancelled.reason))
      throw cancelled.reason
    }
    if (!tooLate.aborted) throw error
    const unhealthy = await explainUnhealthy(docker, home, info, progress, withinMs)
    progress.settle('failed', saidOf(unhealthy))
    await changeState(home, info.lab, { state: 'failed' }, saidOf(unhealthy))
    throw unhealthy
  }
  const times = progress.times()
  const seconds = Object.fromEntries(Object.entries(times).map(([phase, [from, to]]) => [phase, (to - from) / 1000]))
  const totalMs = progress.elapsed()
  progress.settle('healthy')
  const healthy = await changeState(home, info.lab, {
    state: stateAfter('booting', 'answered') as 'healthy',
    seconds: { ...seconds, total: totalMs / 1000 },
  })
  await addBootTime(home, info.topology, { totalMs, phases: times })
  await startFirstBackup(docker, home, healthy.info, progress)
  return healthy.info
}

export const saidOf = (error: unknown): NonNullable<BootProgress['error']> => {
  if (error instanceof DojoError) return { code: error.code, ...error.said }
  const said: Said = {
    what: 'The boot failed',
    why: error instanceof Error ? error.message : String(error),
    next: 'Look at the log',
  }
  return { code: 'internal', ...said }
}

/** Removes what the engine holds of a lab, then its folder: whoever dies in between finds the folder and goes on. */
export async function eraseLab(docker: EngineClient, home: Home, lab: string): Promise<void> {
  const owner = ownerOf(home, lab)
  await changeState(home, lab, { state: 'removing' }).catch(() => undefined) // its file may be gone already
  await logged(log, 'remove lab', { lab }, async () => {
    await removeContainers(docker, home.id, lab)
    await removeLabNetwork(docker, owner)
    await forgetLab(home, lab)
  })
}
