import { connectDocker } from '../docker/engine.js'
import { disksKept } from '../docker/disks.js'
import { containersOf, hostPower, labsHeld, type EngineClient } from '../docker/hosts.js'
import { logFor } from '../util/log.js'
import { startFirstBackup } from './backup.js'
import { resumeBoot, type Boot } from './boot.js'
import { bootProgressOf } from './boot-progress.js'
import { readCredentials } from './credentials.js'
import { eraseLab } from './erase.js'
import { holderOf } from './lock.js'
import { disksOf } from './plan.js'
import { stateAfter } from './states.js'
import { changeState, credentialsFile, labDir, labNames, ownerOf, readLab, type Home, type LabFile } from './store.js'

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
  const kept = await areDisksKept(docker, home, file)
  const there = await containersOf(docker, ownerOf(home, lab))
  const states = file.info.hosts.map(({ name }) => there[name] ?? 'missing')
  if (file.info.state === 'booting') {
    // "created" may lack its files: they are put in between making and starting
    if (kept && states.every((state) => state !== 'missing' && state !== 'created')) return resume(home, file)
    return remove(docker, home, lab, 'its boot was interrupted before every host ran')
  }
  if (states.length > 0 && states.every((state) => state === 'exited'))
    return kept ? startAll(docker, home, file) : giveUp(home, file)
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

const areDisksKept = async (docker: EngineClient, home: Home, { info: { lab, spec } }: LabFile): Promise<boolean> =>
  Object.keys(spec.hosts).every((host) => disksOf(spec, host).length === 0) || disksKept(docker, ownerOf(home, lab))

/** Empty disks under a cluster that etcd knows: nobody would begin there, and nobody may. */
async function giveUp(home: Home, { info: { lab, state, topology } }: LabFile): Promise<Recovered> {
  const said = {
    what: `Lab "${lab}" has lost its disks`,
    why: 'they are in memory, and went with the engine or with the container that keeps them',
    next: `Remove it with \`dojo down ${lab}\`, and start another with \`dojo up ${topology}\``,
  }
  if (state !== 'failed') log.warn({ lab }, 'the disks of a lab are gone: it has failed')
  await changeState(home, lab, { state: stateAfter(state, 'disks-lost') }, { code: 'lab-unhealthy', ...said })
  return { lab, did: 'nothing' }
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
