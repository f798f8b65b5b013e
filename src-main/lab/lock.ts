import { readFileSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DojoError } from '../contract/errors.js'

/** Whoever boots or removes a lab holds its lock. It names a process, so a holder that died holds nothing. */
export interface LabLock {
  release(): Promise<void>
}

interface Holder {
  pid: number
  /** When that process began, so that another one which got the same number later is not taken for it. */
  began: string
  doing: string
}

const fileOf = (dir: string): string => join(dir, 'lock')

/** @throws DojoError lab-busy, naming the process that holds it */
export async function lockLab(dir: string, lab: string, doing: string): Promise<LabLock> {
  const file = fileOf(dir)
  const mine: Holder = { pid: process.pid, began: beganOf(process.pid), doing }
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      await writeFile(file, JSON.stringify(mine), { flag: 'wx', mode: 0o600 })
      return { release: () => rm(file, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = await holderOf(dir)
    if (holder) throw busy(lab, holder)
    await rm(file, { force: true })
  }
  throw busy(lab, { pid: 0, began: '', doing: 'changed' })
}

/** The living process that works on the lab, or null. */
export async function holderOf(dir: string): Promise<Holder | null> {
  try {
    const holder = JSON.parse(await readFile(fileOf(dir), 'utf8')) as Holder
    return isAlive(holder) ? holder : null
  } catch {
    return null // none, or one that died while it wrote
  }
}

function isAlive({ pid, began }: Holder): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return beganOf(pid) === began
}

/** Start time of a process since the machine's, from /proc; empty where there is no /proc. */
function beganOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

const busy = (lab: string, { pid, doing }: Holder): DojoError =>
  new DojoError('lab-busy', {
    what: `Lab "${lab}" is being ${doing}`,
    why: pid === process.pid ? 'this app works on it' : `process ${pid} works on it`,
    next: 'Wait until it is done, or cancel it there',
  })
