import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Everything kept between runs; the same rule as src-main/util/home.ts, which can't be imported before the build. */
export function dojoHome(env = process.env) {
  if (env.DOJO_HOME) return env.DOJO_HOME
  if (process.platform === 'win32') return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'pg-ha-dojo')
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'pg-ha-dojo')
}

/** A file of the built app. */
export const built = (...path) => join(root, 'out', ...path)
