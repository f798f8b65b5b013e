import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Where labs, attempts, logs and what set-up remembers are kept. DOJO_HOME moves it; otherwise it follows each
 * system's habit. Callers make the folders that they need.
 */
export function dojoHome(env: NodeJS.ProcessEnv = process.env): string {
  if (env.DOJO_HOME) return env.DOJO_HOME
  if (process.platform === 'win32') return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'pg-ha-dojo')
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'pg-ha-dojo')
}
