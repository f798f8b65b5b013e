import { removeContainers, type EngineClient } from '../docker/hosts.js'
import { removeLabNetwork } from '../docker/networks.js'
import { logFor } from '../util/log.js'
import { logged } from '../util/logged.js'
import { changeState, forgetLab, ownerOf, type Home } from './store.js'

const log = logFor('lab')

/**
 * Removes what the engine holds of a lab, then its folder: whoever dies in between finds the folder, which says
 * "removing", and goes on. Idempotent.
 */
export async function eraseLab(docker: EngineClient, home: Home, lab: string): Promise<void> {
  await changeState(home, lab, { state: 'removing' }).catch(() => undefined) // its file may be gone already
  await logged(log, 'remove lab', { lab }, async () => {
    await removeContainers(docker, home.id, lab)
    await removeLabNetwork(docker, ownerOf(home, lab))
    await forgetLab(home, lab)
  })
}
