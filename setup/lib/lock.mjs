import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { root } from './paths.mjs'

/** Runs `work` while no other process of this checkout runs work of that name. A dead holder holds nothing. */
export async function withLock(name, say, work) {
  const id = createHash('sha256').update(root).digest('hex').slice(0, 12)
  const file = join(tmpdir(), `pg-ha-dojo-${id}-${name}.lock`)
  while (!take(file)) {
    say(`waiting for process ${holder(file)}, which does the same`)
    await pause(500)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

function take(file) {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return true
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (holder(file) !== null) return false
      rmSync(file, { force: true })
    }
  }
  return false
}

function holder(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    process.kill(pid, 0)
    return pid
  } catch (error) {
    return error.code === 'EPERM' ? 'of another user' : null
  }
}
