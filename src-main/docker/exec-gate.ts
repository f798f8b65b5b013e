import { setTimeout as pause } from 'node:timers/promises'
import type Docker from 'dockerode'

const lookEveryMs = 10
const startsWithinMs = 3_000
/** By then a command has begun, or never will. */
const forgetMs = 10_000

/** By container: commands whose processes may not be there yet, and the freeze that is under way. */
const starting = new Map<string, Set<Promise<Docker.Exec>>>()
const freezing = new Map<string, Promise<unknown>>()

/**
 * Makes a command in a container. A container that is frozen while a process is just being put into it stays frozen: that
 * process and the engine wait for each other, and nobody can thaw, ask or remove it any more (seen with Docker 20.10 on
 * control groups v1). So whoever starts something waits for a freeze under way, and a freeze for whatever just starts.
 */
export async function execIn(container: Docker.Container, options: Docker.ExecCreateOptions): Promise<Docker.Exec> {
  const underWay = freezing.get(container.id)
  if (underWay) await underWay.catch(() => undefined) // without one, it is written down before anything else can begin
  const made = container.exec(options)
  const others = starting.get(container.id) ?? new Set()
  starting.set(container.id, others.add(made))
  setTimeout(() => others.delete(made), forgetMs).unref()
  return made
}

/** Freezes a container once no command of this process is on its way into it. */
export async function freeze(container: Docker.Container): Promise<void> {
  const act = async (): Promise<void> => {
    await Promise.all([...(starting.get(container.id) ?? [])].map(begun))
    starting.delete(container.id)
    await container.pause()
  }
  const freezingNow = act().finally(() => freezing.delete(container.id))
  freezing.set(container.id, freezingNow)
  await freezingNow
}

/** Until its process is there, or was: the engine knows a process id from then on. */
async function begun(made: Promise<Docker.Exec>): Promise<void> {
  const exec = await made.catch(() => null)
  const deadline = performance.now() + startsWithinMs
  while (performance.now() < deadline) {
    const now = await exec?.inspect().catch(() => null)
    if (!now || now.Pid > 0 || now.ExitCode !== null) return
    await pause(lookEveryMs)
  }
}
