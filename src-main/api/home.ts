import type { HomeView } from '../contract/rpc.js'
import { connectDocker, engineStatus } from '../docker/engine.js'
import { engineFacts } from '../docker/engine-facts.js'
import { hostImageTag, imageStatus } from '../docker/image-status.js'
import { labMemory } from '../docker/lab-memory.js'
import { kernelInWords } from '../doctor/kernel.js'
import { readExercises } from '../exercises/load.js'
import type { Home } from '../lab/store.js'
import { logFor } from '../util/log.js'
import { appVersion } from '../util/version.js'
import type { Attempts } from './attempts.js'
import { planned, readCurriculum } from './curriculum.js'
import { summariseLabs } from './lab-list.js'
import { latest, type Gives } from './pace.js'
import type { Sessions } from './sessions.js'

const log = logFor('home')
const everyMs = 3_000
/** Asking every host for its memory is more work than everything else here. */
const memoryEveryMs = 10_000

export interface HomeScreen {
  watch(signal?: AbortSignal): AsyncGenerator<HomeView>
  /** Something that it shows has changed: do not wait for the next round. */
  poke(): void
}

/** What the home screen shows. Asks the engine only while somebody watches. */
export function createHomeScreen(
  home: () => Promise<Home>,
  sessions: Sessions,
  attempts: Attempts,
  onEngineBack: () => void,
): HomeScreen {
  const watchers = new Set<Gives<HomeView>>()
  let last: HomeView | null = null
  let memory: HomeView['memory'] = { labsBytes: 0, totalBytes: 0 }
  let memoryAt = 0
  let kernel = 'not tried yet'
  let timer: NodeJS.Timeout | undefined
  let reading: Promise<void> | null = null
  let again = false

  const readMemory = async (): Promise<void> => {
    if (Date.now() - memoryAt < memoryEveryMs) return
    memoryAt = Date.now()
    const [docker, at, facts] = await Promise.all([connectDocker(), home(), engineFacts()])
    memory = { labsBytes: await labMemory(docker, at.id), totalBytes: facts.memoryTotal }
    kernel = await kernelInWords()
  }

  const read = async (): Promise<HomeView> => {
    const engine = await engineStatus()
    const ready = engine.state === 'ready'
    if (ready && last && last.engine.state !== 'ready') onEngineBack()
    const missing = { tag: hostImageTag(), state: 'missing' as const, sizeBytes: null }
    const [image, labs, exercises, curriculum] = await Promise.all([
      ready ? imageStatus().catch(() => missing) : missing,
      home().then((at) => summariseLabs(at, sessions.peek)),
      // authors see the errors in `dojo exercise list`; learners see what is valid
      readExercises().then((read) => attempts.list(read.exercises)),
      readCurriculum(),
    ])
    // slow on its first time: it tries out what the kernel can do
    if (ready) void readMemory().catch((err: unknown) => log.warn({ err }, 'memory of the labs is not known'))
    const plans = planned(curriculum, exercises)
    return { at: Date.now(), version: appVersion(), engine, image, kernel, memory, labs, exercises, planned: plans }
  }

  const round = async (): Promise<void> => {
    do {
      again = false
      try {
        last = await read()
        for (const { put } of watchers) put(last)
      } catch (err) {
        log.error({ err }, 'the home screen could not be read')
        // whoever has seen it keeps the last one; the next round may work
        if (!last) for (const { end } of watchers) end(err)
      }
    } while (again)
  }
  const poke = (): void => {
    again = true
    if (watchers.size === 0) return
    clearTimeout(timer)
    reading ??= round().finally(() => {
      reading = null
      if (watchers.size > 0) timer = setTimeout(poke, everyMs).unref()
    })
  }

  return {
    poke,
    watch: (signal) =>
      latest<HomeView>((gives) => {
        watchers.add(gives)
        if (last && Date.now() - last.at < everyMs) gives.put(last)
        poke()
        return () => watchers.delete(gives)
      }, signal),
  }
}
