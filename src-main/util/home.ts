import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Folder of everything that the app keeps between runs: labs/<name>/, attempts, logs. `DOJO_HOME` moves it; otherwise
 * it is where each system keeps such things (XDG_DATA_HOME is honoured). Callers make the folders that they need.
 */
export function dojoHome(env: NodeJS.ProcessEnv = process.env): string {
  if (env['DOJO_HOME']) return env['DOJO_HOME']
  if (process.platform === 'win32')
    return join(env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local'), 'pg-ha-dojo')
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'pg-ha-dojo')
}
