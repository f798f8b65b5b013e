import { DojoError } from '../contract/errors.js'
import { runProgram } from '../util/run-program.js'
import { findProgram, isDebianLike } from './engine-advice.js'
import { surroundings, type Surroundings } from './engine-places.js'

/** Whether set-up may install Debian packages here: a Debian-like Linux, and root. */
export const canInstall = (here: Surroundings = surroundings()): boolean =>
  here.platform === 'linux' && here.uid === 0 && isDebianLike(here) && findProgram('apt-get', here) !== undefined

const quiet = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' }

/**
 * Installs Debian packages as root, without recommended ones.
 * @throws DojoError package-failed, with apt's last words
 */
export async function aptInstall(packages: readonly string[], onLine: (line: string) => void): Promise<void> {
  const env = { ...process.env, ...quiet }
  // another apt may be at work on a fresh machine: wait for it instead of failing
  const common = ['-q', '-o', 'DPkg::Lock::Timeout=180']
  // one broken third-party source fails the update, and the rest is still good to install from
  await runProgram('apt-get', [...common, 'update'], { env, onLine })
  const install = [...common, 'install', '--yes', '--no-install-recommends', ...packages]
  const { code, tail } = await runProgram('apt-get', install, { env, onLine })
  if (code === 0) return
  throw new DojoError('package-failed', {
    what: `Installing ${packages.join(', ')} failed`,
    why: tail.filter((line) => line.startsWith('E:')).join('; ') || `apt-get ended with ${code}: ${tail.at(-1) ?? ''}`,
    next: `Run \`apt-get update && apt-get install ${packages.join(' ')}\` by hand to see more`,
  })
}
