import { randomBytes } from 'node:crypto'
import type { BootProgress } from '../contract/lab.js'
import type { ProofWorld } from '../exercises/index.js'
import { downLab, openLab, upLab } from '../lab/labs.js'
import { openHome } from '../lab/store.js'
import { createTerminals } from '../terminal/index.js'
import { openSession } from './session.js'

/**
 * Boots a lab for a proof and opens it in this process. Nobody else knows of it; it is removed by `remove`, and at once
 * when it does not come up or the signal aborts.
 */
export async function openProofLab(
  topology: string,
  signal: AbortSignal,
  onProgress?: (progress: BootProgress) => void,
): Promise<ProofWorld> {
  const home = await openHome()
  const lab = `proof-${randomBytes(3).toString('hex')}`
  try {
    await upLab({ topology, name: lab }, { home, signal, ...(onProgress && { onProgress }) })
    const session = await openSession(await openLab(lab, home), { records: true })
    const terminals = createTerminals((name) => openLab(name, home))
    return {
      ...session.world,
      terminals,
      async remove() {
        await terminals.closeAll()
        await session.close()
        await downLab(lab, home)
      },
    }
  } catch (error) {
    await downLab(lab, home).catch(() => undefined) // it may never have been, or be gone already
    throw error
  }
}
