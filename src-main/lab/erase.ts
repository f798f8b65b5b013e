import { setTimeout as pause } from 'node:timers/promises'
import { removeDisks } from '../docker/disks.js'
import { removeContainers, type EngineClient } from '../docker/hosts.js'
import { removeLabNetwork } from '../docker/networks.js'
import { logFor } from '../util/log.js'
import { logged } from '../util/logged.js'
import { stateAfter } from './states.js'
import { forgetLab, ownerOf, readLab, writeLab, type Home } from './store.js'

const log = logFor('lab')

/** An engine goes on with what a killed app asked of it last: that may appear a moment after everything was removed. */
const lateMs = 1_000
const tries = 5

/**
 * Removes what the engine holds of a lab, then its folder: whoever dies in between finds the folder, which says
 * "removing", and goes on. Idempotent. `cutOff`: the app that made it was killed, so look once more.
 */
export async function eraseLab(docker: EngineClient, home: Home, lab: string, { cutOff = false } = {}): Promise<void> {
  const file = await readLab(home, lab) // it may be gone already
  if (file) await writeLab(home, { ...file, info: { ...file.info, state: stateAfter(file.info.state, 'down') } })
  await logged(log, 'remove lab', { lab }, async () => {
    await removeAll(docker, home, lab)
    if (cutOff) {
      await pause(lateMs)
      await removeAll(docker, home, lab)
    }
    await forgetLab(home, lab)
  })
}

/** Neither a network nor a disk can go while a container that was just being made holds it. */
async function removeAll(docker: EngineClient, home: Home, lab: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await removeContainers(docker, home.id, lab)
    try {
      await removeDisks(docker, ownerOf(home, lab))
      return await removeLabNetwork(docker, ownerOf(home, lab))
    } catch (error) {
      if (attempt === tries) throw error
      await pause(200)
    }
  }
}
