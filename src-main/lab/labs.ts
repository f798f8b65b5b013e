import { setTimeout as pause } from 'node:timers/promises'
import { DojoError } from '../contract/errors.js'
import type { BootProgress, LabInfo, UpOptions } from '../contract/lab.js'
import { connectDocker } from '../docker/engine.js'
import { beginBoot, type Boot } from './boot.js'
import { bootProgressOf } from './boot-progress.js'
import { eraseLab } from './erase.js'
import type { LabHandle } from './handle.js'
import { lockLab } from './lock.js'
import { labHandle } from './open-lab.js'
import { recoverLabs, type Recovered } from './recover.js'
import { labDir, labNames, openHome, readBootTimes, readLab, readLabs, requireLab, type Home } from './store.js'

/** Boots of this process, by home and lab. */
const boots = new Map<string, Boot>()
const keyOf = (home: Home, lab: string): string => `${home.id}/${lab}`

function keep(home: Home, boot: Boot): Boot {
  boots.set(keyOf(home, boot.lab), boot)
  boot.done.catch(() => undefined) // whoever waits for it hears of it; nobody has to
  return boot
}

/**
 * Begins to boot a lab and returns at once: its name is taken, the rest goes on by itself.
 * @throws DojoError for everything that is wrong with the options, the topology, the ports, the engine or the image
 */
export async function beginLab(options: UpOptions, home?: Home): Promise<Boot> {
  const at = home ?? (await openHome())
  return keep(at, await beginBoot(at, options))
}

export interface UpWatch {
  /** Called with the whole progress whenever it changed. */
  onProgress?: (progress: BootProgress) => void
  /** Aborting it cancels the boot and removes what was made. */
  signal?: AbortSignal
  home?: Home
}

/**
 * Boots a lab and waits until SQL on the client's route says that it is healthy. The first backup goes on after that.
 * @throws DojoError lab-unhealthy with the phase, the host and its log; cancelled; and whatever beginLab throws
 */
export async function upLab(options: UpOptions, { onProgress, signal, home }: UpWatch = {}): Promise<LabInfo> {
  const boot = await beginLab(options, home)
  const stop = boot.progress.onChange(() => onProgress?.(boot.progress.snapshot()))
  const onAbort = (): void => void boot.cancel()
  signal?.addEventListener('abort', onAbort, { once: true })
  if (signal?.aborted) onAbort()
  try {
    const info = await boot.done
    onProgress?.(boot.progress.snapshot())
    return info
  } catch (error) {
    if (signal?.aborted) await boot.cancel()
    throw error
  } finally {
    stop()
    signal?.removeEventListener('abort', onAbort)
  }
}

/** The boot that this process runs, or ran, for a lab. */
export const bootOf = (home: Home, lab: string): Boot | undefined => boots.get(keyOf(home, lab))

/**
 * The boot's progress now, then after every change, until the lab is settled (its first backup included) or the signal
 * ends. Of a lab that another process boots, only its state is known.
 */
export async function* watchBoot(home: Home, lab: string, signal: AbortSignal): AsyncGenerator<BootProgress> {
  const boot = bootOf(home, lab)
  if (!boot) return yield* watchForeign(home, lab, signal)
  let changed = true
  let settled = false
  let wake: () => void = () => undefined
  const stop = boot.progress.onChange(() => {
    changed = true
    wake()
  })
  void boot.settled.then(() => {
    settled = changed = true
    wake()
  })
  const onAbort = (): void => wake()
  signal.addEventListener('abort', onAbort)
  try {
    while (!signal.aborted) {
      const last = settled
      changed = false
      yield boot.progress.snapshot()
      if (last) return
      if (!changed) await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    stop()
    signal.removeEventListener('abort', onAbort)
  }
}

async function* watchForeign(home: Home, lab: string, signal: AbortSignal): AsyncGenerator<BootProgress> {
  const { info, error } = await requireLab(home, lab)
  const progress = bootProgressOf(lab, info.spec, await readBootTimes(home, info.topology))
  let state = info.state
  progress.settle(state, error)
  yield { ...progress.snapshot(), startedAt: info.createdAt }
  while (state === 'booting' && !signal.aborted) {
    await pause(250, undefined, { signal }).catch(() => undefined)
    const file = await readLab(home, lab)
    if (file?.info.state === state) continue
    state = file?.info.state ?? 'removing'
    progress.settle(state, file?.error)
    yield { ...progress.snapshot(), startedAt: info.createdAt }
  }
}

/** Every lab of the home, oldest first, as its folder says. Never asks the engine. */
export async function listLabs(home?: Home): Promise<LabInfo[]> {
  return (await readLabs(home ?? (await openHome()))).map(({ info }) => info)
}

/** @throws DojoError unknown-lab */
export async function openLab(lab: string, home?: Home): Promise<LabHandle> {
  const at = home ?? (await openHome())
  return labHandle(await connectDocker(), at, await requireLab(at, lab))
}

/** Stops a boot of this process and removes what it made; resolves when nothing is left. */
export async function cancelBoot(lab: string, home?: Home): Promise<void> {
  const at = home ?? (await openHome())
  const boot = bootOf(at, lab)
  if (!boot) {
    await requireLab(at, lab)
    const why = 'no boot of it runs in this process'
    throw new DojoError('lab-busy', {
      what: `Lab "${lab}" can't be cancelled here`,
      why,
      next: 'Cancel it where it was started',
    })
  }
  await boot.cancel()
  boots.delete(keyOf(at, lab))
}

/**
 * Removes a lab: its hosts, its network, its folder. A boot of this process is cancelled first. Idempotent, also after a
 * removal that was cut off.
 * @throws DojoError unknown-lab; lab-busy when another process boots or removes it
 */
export async function downLab(lab: string, home?: Home): Promise<void> {
  const at = home ?? (await openHome())
  const boot = bootOf(at, lab)
  boots.delete(keyOf(at, lab))
  if (boot) return boot.cancel()
  if (!(await labNames(at)).includes(lab)) await requireLab(at, lab)
  const lock = await lockLab(labDir(at, lab), lab, 'removed')
  try {
    await eraseLab(await connectDocker(), at, lab)
  } finally {
    await lock.release()
  }
}

/** Call once when an app starts: see recoverLabs. Boots that it resumes can be watched like any other. */
export async function recover(home?: Home): Promise<Recovered[]> {
  const at = home ?? (await openHome())
  const outcomes = await recoverLabs(at)
  for (const { boot } of outcomes) if (boot) keep(at, boot)
  return outcomes
}
