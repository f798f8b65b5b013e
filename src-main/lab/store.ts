import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { DojoError, unknownLab } from '../contract/errors.js'
import { labInfo, type LabInfo } from '../contract/lab.js'
import type { Owner } from '../docker/labels.js'
import { readJsonIfAny, readTextIfAny, writeJsonAtomic } from '../util/atomic-file.js'
import { dojoHome } from '../util/home.js'
import { logFor } from '../util/log.js'

const log = logFor('lab')

/** What lab.json holds: what everybody may know of the lab, and what only this folder needs. */
export const labFile = z.object({
  info: labInfo,
  homeId: z.string(),
  /** Why it failed, when it did. */
  error: z.object({ code: z.string(), what: z.string(), why: z.string(), next: z.string() }).optional(),
})
export type LabFile = z.infer<typeof labFile>

/** A folder that labs live in, with the id that its engine objects are labelled with. */
export interface Home {
  dir: string
  id: string
}

/** Opens DOJO_HOME, or the folder given; makes it, and its id, on first use. */
export async function openHome(dir: string = dojoHome()): Promise<Home> {
  await mkdir(join(dir, 'labs'), { recursive: true, mode: 0o700 })
  const file = join(dir, 'home-id')
  try {
    await writeFile(file, randomBytes(3).toString('hex'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return { dir, id: (await readFile(file, 'utf8')).trim() }
}

export const labDir = (home: Home, lab: string): string => join(home.dir, 'labs', lab)
export const credentialsFile = (dir: string): string => join(dir, 'credentials.json')
export const ownerOf = (home: Home, lab: string): Owner => ({ homeId: home.id, lab })

/** Takes a name by making the lab's folder: of two that want the same name, one gets it. */
export async function reserveName(home: Home, name: string): Promise<void> {
  try {
    await mkdir(labDir(home, name), { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new DojoError('name-taken', {
      what: `There is a lab "${name}" already`,
      why: 'names are unique on a machine',
      next: `Choose another with --name, or remove it with \`dojo down ${name}\``,
    })
  }
}

/** The first free name of the form TOPOLOGY-N, reserved. */
export async function reserveAnyName(home: Home, topology: string): Promise<string> {
  const stem = topology.slice(0, 26)
  for (let n = 1; ; n++) {
    try {
      await reserveName(home, `${stem}-${n}`)
      return `${stem}-${n}`
    } catch (error) {
      if (!(error instanceof DojoError && error.code === 'name-taken')) throw error
    }
  }
}

export const writeLab = (home: Home, file: LabFile): Promise<void> =>
  writeJsonAtomic(join(labDir(home, file.info.lab), 'lab.json'), file)

/** Null when there is no such lab, or when its folder was reserved and nothing more. */
export async function readLab(home: Home, lab: string): Promise<LabFile | null> {
  const path = join(labDir(home, lab), 'lab.json')
  try {
    return await readJsonIfAny(path, labFile)
  } catch (err) {
    log.error({ lab, err }, 'lab.json can not be read')
    return null
  }
}

/** @throws DojoError unknown-lab, with the names that exist */
export async function requireLab(home: Home, lab: string): Promise<LabFile> {
  const found = await readLab(home, lab)
  if (!found)
    throw unknownLab(
      lab,
      (await readLabs(home)).map(({ info }) => info.lab),
    )
  return found
}

/** Names of all folders under labs/, readable or not. */
export async function labNames(home: Home): Promise<string[]> {
  const entries = await readdir(join(home.dir, 'labs'), { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

/** Every lab of the home, oldest first. */
export async function readLabs(home: Home): Promise<LabFile[]> {
  const files = await Promise.all((await labNames(home)).map((name) => readLab(home, name)))
  return files.filter((file) => file !== null).sort((a, b) => a.info.createdAt - b.info.createdAt)
}

export async function changeState(
  home: Home,
  lab: string,
  patch: Partial<LabInfo>,
  error?: LabFile['error'],
): Promise<LabFile> {
  const file = await requireLab(home, lab)
  const changed: LabFile = { ...file, info: { ...file.info, ...patch }, ...(error ? { error } : {}) }
  await writeLab(home, changed)
  return changed
}

export const forgetLab = (home: Home, lab: string): Promise<void> =>
  rm(labDir(home, lab), { recursive: true, force: true })

const bootTimes = z.array(
  z.object({ totalMs: z.number(), phases: z.record(z.string(), z.tuple([z.number(), z.number()])) }),
)
export type BootTimes = z.infer<typeof bootTimes>

const keepBoots = 20
const bootTimesFile = (home: Home, topology: string): string => join(home.dir, 'boots', `${topology}.json`)

/** How long earlier boots of a topology took on this machine, oldest first. */
export async function readBootTimes(home: Home, topology: string): Promise<BootTimes> {
  const text = await readTextIfAny(bootTimesFile(home, topology))
  const parsed = text === null ? null : bootTimes.safeParse(JSON.parse(text))
  return parsed?.success ? parsed.data : []
}

export async function addBootTime(home: Home, topology: string, time: BootTimes[number]): Promise<void> {
  const earlier = await readBootTimes(home, topology)
  await writeJsonAtomic(bootTimesFile(home, topology), [...earlier, time].slice(-keepBoots))
}
