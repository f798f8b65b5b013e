import { connectDocker } from '../docker/engine.js'
import { containersOf, hostPower, labsHeld, type EngineClient } from '../docker/hosts.js'
import { logFor } from '../util/log.js'
import { startFirstBackup } from './backup.js'
import { resumeBoot, type Boot } from './boot.js'
import { bootProgressOf } from './boot-progress.js'
import { readCredentials } from './credentials.js'
import { eraseLab } from './erase.js'
import { holderOf } from './lock.js'
import { credentialsFile, labDir, labNames, ownerOf, readLab, type Home, type LabFile } from './store.js'

const log = logFor('lab')
/** A folder without lab.json may be a name that another process takes at this moment. */
const reservationMs = 10_000

export interface Recovered {
  lab: string
  did: 'removed' | 'resumed' | 'started' | 'nothing'
  boot?: Boot
}

/**
 * Makes good what a killed app, or a killed engine, left: finishes boots whose hosts were all made, removes half-made
 * labs and interrupted removals, starts labs that went down as a whole, and drops engine objects of this home that no
 * folder knows. Labs that a living process works on are left alone. Idempotent.
 */
export async function recoverLabs(home: Home): Promise<Recovered[]> {
  const docker = await connectDocker()
  const names = await labNames(home)
  const outcomes = await Promise.all(names.map((lab) => recoverLab(docker, home, lab)))
  const known = new Set(await labNames(home)) // asked again: a lab may have begun since
  for (const lab of await labsHeld(docker, home.id)) {
    if (known.has(lab) || names.includes(lab)) continue
    log.warn({ lab }, 'the engine holds objects of a lab without a folder: removed')
    await eraseLab(docker, home, lab)
    outcomes.push({ lab, did: 'removed' })
  }
  return outcomes
}

async function recoverLab(docker: EngineClient, home: Home, lab: string): Promise<Recovered> {
  if (await holderOf(labDir(home, lab))) return { lab, did: 'nothing' }
  const file = await readLab(home, lab)
  if (!file) {
    if (await isYoung(labDir(home, lab))) return { lab, did: 'nothing' }
    return remove(docker, home, lab, 'its folder says nothing')
  }
  if (file.info.state === 'removing') return remove(docker, home, lab, 'its removal was interrupted')
  const there = await containersOf(docker, ownerOf(home, lab))
  const states = file.info.hosts.map(({ name }) => there[name] ?? 'missing')
  if (file.info.state === 'booting') {
    // "created" may lack its files: they are put in between making and starting
    if (states.every((state) => state !== 'missing' && state !== 'created')) return resume(home, file)
    return remove(docker, home, lab, 'its boot was interrupted before every host ran')
  }
  if (states.length > 0 && states.every((state) => state === 'exited')) return startAll(docker, home, file)
  if (file.info.state === 'healthy' && states.every((state) => state === 'running'))
    await finishBackup(docker, home, file)
  return { lab, did: 'nothing' }
}

async function isYoung(dir: string): Promise<boolean> {
  const { stat } = await import('node:fs/promises')
  const { mtimeMs } = await stat(dir).catch(() => ({ mtimeMs: 0 }))
  return Date.now() - mtimeMs < reservationMs
}

async function remove(docker: EngineClient, home: Home, lab: string, why: string): Promise<Recovered> {
  log.warn({ lab, why }, 'lab removed')
  await eraseLab(docker, home, lab, { cutOff: true })
  return { lab, did: 'removed' }
}

async function resume(home: Home, { info }: LabFile): Promise<Recovered> {
  const boot = await resumeBoot(home, info, await readCredentials(credentialsFile(labDir(home, info.lab))))
  boot.done.catch((err: unknown) => log.error({ lab: info.lab, err }, 'resumed boot failed'))
  return { lab: info.lab, did: 'resumed', boot }
}

/** Every host is down: that was the engine or the machine, and no exercise. */
async function startAll(docker: EngineClient, home: Home, { info }: LabFile): Promise<Recovered> {
  const power = hostPower(docker, ownerOf(home, info.lab))
  await Promise.all(info.hosts.map(({ name }) => power.start(name)))
  log.warn({ lab: info.lab }, 'every host was down: started them')
  return { lab: info.lab, did: 'started' }
}

/** The script itself sees whether another run of it is alive, or the backup is there. */
async function finishBackup(docker: EngineClient, home: Home, { info }: LabFile): Promise<void> {
  await startFirstBackup(docker, home, info, bootProgressOf(info.lab, info.spec, []))
}
