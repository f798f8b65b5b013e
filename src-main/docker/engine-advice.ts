import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Said } from '../contract/errors.js'
import type { Surroundings } from './engine-places.js'

/** Folders that hold dockerd and apt-get, which an ordinary user's PATH may lack. */
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin']

/** Path of a program, or undefined. */
export function findProgram(name: string, { env, root }: Pick<Surroundings, 'env' | 'root'>): string | undefined {
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...systemFolders.map((path) => root + path)]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** Debian, Ubuntu and their descendants: where set-up can install packages itself. */
export function isDebianLike({ root }: Pick<Surroundings, 'root'>): boolean {
  return /debian|ubuntu/.test(osRelease(root))
}

function osRelease(root: string): string {
  try {
    const text = readFileSync(`${root}/etc/os-release`, 'utf8')
    return [...text.matchAll(/^(?:ID|ID_LIKE)=(.*)$/gm)].map(([, value]) => value).join(' ')
  } catch {
    return ''
  }
}

/** What is missing and how to get it, for this system. `stopped`: a place that looks installed but does not answer. */
export function howToGetAnEngine(here: Surroundings, stopped?: { where: string; detail: string }): Said {
  const what = stopped ? `No engine answers at ${stopped.where}` : 'No Docker engine was found'
  const why = stopped ? `${stopped.detail}: it looks installed, and not running` : 'none of the usual sockets is there'
  if (here.platform === 'darwin') {
    const start = 'Start Docker Desktop, OrbStack or `colima start`'
    return {
      what,
      why,
      next: stopped ? start : 'Install Docker Desktop, or run `brew install colima docker && colima start`',
    }
  }
  if (here.platform === 'win32') {
    return {
      what,
      why,
      next: stopped ? 'Start Docker Desktop' : 'Install Docker Desktop with its WSL 2 backend, then start it',
    }
  }
  const dockerd = findProgram('dockerd', here)
  const systemd = existsSync(`${here.root}/run/systemd/system`)
  if (dockerd) {
    const start = systemd
      ? '`sudo systemctl start docker`'
      : '`sudo npm start` once: as root it starts the engine itself'
    return { what, why: `${dockerd} is installed, and not running`, next: `Run ${start}` }
  }
  const release = osRelease(here.root)
  const install = isDebianLike(here)
    ? '`sudo apt-get install docker.io && sudo usermod -aG docker "$USER"`, and log in again (or `npm start` as root)'
    : /fedora|rhel|centos/.test(release)
      ? '`sudo dnf install moby-engine && sudo systemctl enable --now docker && sudo usermod -aG docker "$USER"`'
      : /arch/.test(release)
        ? '`sudo pacman -S docker && sudo systemctl enable --now docker && sudo usermod -aG docker "$USER"`'
        : "your system's package manager to install Docker or Podman; if one runs elsewhere, set DOCKER_HOST"
  return { what, why, next: install.startsWith('`') ? `Run ${install}` : `Use ${install}` }
}
