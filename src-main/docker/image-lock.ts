import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/**
 * One builder per tag and machine. The file is in the system's temporary folder and not in DOJO_HOME, because two
 * homes can share one engine. It names its holder's process, so a holder that died holds nothing.
 */
export function buildLock(tag: string) {
  const folder = join(tmpdir(), `pg-ha-dojo-${userInfo().username.replaceAll(/[^\w-]/g, '_')}`)
  const file = join(folder, `${tag.replaceAll(/[^\w.-]/g, '_')}.lock`)

  /** Process id of the living holder, or null. */
  function holder(): number | null {
    try {
      const pid = Number(readFileSync(file, 'utf8'))
      process.kill(pid, 0)
      return pid
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM' ? -1 : null // EPERM: alive, of another user
    }
  }

  /** Takes the lock, if nobody living has it. */
  function take(): boolean {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        writeFileSync(file, String(process.pid), { flag: 'wx' })
        return true
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
        if (holder() !== null) return false
        rmSync(file, { force: true })
      }
    }
    return false
  }

  const release = (): void => rmSync(file, { force: true })

  return { file, holder, take, release }
}
