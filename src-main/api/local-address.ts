import { createHash } from 'node:crypto'
import { mkdirSync, statSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { dojoHome } from '../util/home.js'

/** A path that is longer does not fit into a socket's address (108 bytes on Linux, 104 on macOS). */
const longestSocketPath = 100

/**
 * Where the process that owns the labs of this DOJO_HOME listens: a unix socket in a folder that only this user may
 * enter, or a named pipe on Windows. Makes the folder.
 * @throws when the folder belongs to somebody else
 */
export function localAddress(home: string = dojoHome()): string {
  const digest = createHash('sha256').update(home).digest('hex').slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\pg-ha-dojo-${digest}`
  const inHome = join(home, 'run', 'host.sock')
  const path =
    inHome.length <= longestSocketPath ? inHome : join(tmpdir(), `pg-ha-dojo-${userInfo().uid}`, `${digest}.sock`)
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = statSync(folder)
  // the folder is the door: whoever may enter it may use every lab
  if (uid !== userInfo().uid || (mode & 0o077) !== 0) {
    throw new Error(`${folder} must belong to you alone (mode 0700)`)
  }
  return path
}

/** Tells the owner where a client is that another process passes on: one on another machine may do less. */
export const ownerPath = { here: '/rpc', elsewhere: '/rpc/elsewhere' } as const
