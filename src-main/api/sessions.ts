import { bootOf, openLab } from '../lab/labs.js'
import type { Home } from '../lab/store.js'
import { openSession, type LabSession, type SessionOptions } from './session.js'

/** Sessions of this process: one per lab, opened on first use, closed with the lab or the process. */
export interface Sessions {
  /** Waits for a boot of this process to end first. @throws DojoError unknown-lab, lab-unhealthy, cancelled */
  get(lab: string): Promise<LabSession>
  /** The session if there is one, without opening it. */
  peek(lab: string): LabSession | null
  /** Whether something is scheduled in a lab, or a recovery runs: both happen only while its session is open. */
  busy(): boolean
  close(lab: string): Promise<void>
  closeAll(): Promise<void>
}

export function createSessions(home: () => Promise<Home>, options: SessionOptions): Sessions {
  const opening = new Map<string, Promise<LabSession>>()
  const open = new Map<string, LabSession>()

  const begin = async (lab: string): Promise<LabSession> => {
    const at = await home()
    await bootOf(at, lab)?.done
    const session = await openSession(await openLab(lab, at), options)
    open.set(lab, session)
    return session
  }
  const close = async (lab: string): Promise<void> => {
    const session = await opening.get(lab)?.catch(() => null)
    opening.delete(lab)
    open.delete(lab)
    await session?.close()
  }
  return {
    get(lab) {
      const known = opening.get(lab)
      if (known) return known
      const made = begin(lab)
      opening.set(lab, made)
      made.catch(() => opening.get(lab) === made && opening.delete(lab)) // it may work the next time
      return made
    },
    peek: (lab) => open.get(lab) ?? null,
    busy: () => [...open.values()].some(({ faults, backups }) => faults.pending() || backups.busy()),
    close,
    closeAll: async () => void (await Promise.all([...opening.keys()].map(close))),
  }
}
