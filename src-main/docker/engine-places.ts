import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { DockerOptions } from 'dockerode'
import { DojoError } from '../contract/errors.js'

/** The machine as the search sees it; tests hand in another one. */
export interface Surroundings {
  env: NodeJS.ProcessEnv
  home: string
  platform: NodeJS.Platform
  uid: number
  /** Put in front of absolute socket paths. Empty outside tests. */
  root: string
}

export const surroundings = (): Surroundings => ({
  env: process.env,
  home: homedir(),
  platform: process.platform,
  uid: process.getuid?.() ?? 0,
  root: '',
})

/** A place where an engine may answer. */
export interface Place {
  /** Socket or address, as people write it. */
  where: string
  /** Who says so: DOCKER_HOST, docker context "x", Docker, Podman, ... */
  from: string
  /** The person named it, so when it does not answer, no other engine is taken instead. */
  explicit: boolean
  options: DockerOptions
}

/** A path, with or without a scheme, or an address as DOCKER_HOST spells it, as options of dockerode. */
export function optionsOf(address: string, tls: { dir?: string; verify?: boolean } = {}): DockerOptions {
  const [, scheme = 'tcp', rest = address] = /^([a-z]+):\/\/(.*)$/.exec(address) ?? []
  if (address.startsWith('/') || scheme === 'unix') return { socketPath: rest || '/var/run/docker.sock' }
  if (scheme === 'npipe') return { socketPath: rest || '//./pipe/docker_engine' }
  const url = new URL(`${scheme}://${rest}`)
  if (scheme === 'ssh') {
    return {
      protocol: 'ssh',
      host: url.hostname,
      port: url.port || '22',
      username: decodeURIComponent(url.username),
      sshOptions: { agent: process.env.SSH_AUTH_SOCK },
    } as DockerOptions
  }
  const port = url.port || (tls.verify ? '2376' : '2375')
  const secure = scheme === 'https' || tls.verify === true || port === '2376'
  const file = (name: string) => (tls.dir ? readFileSync(join(tls.dir, name)) : undefined)
  const files = secure && tls.dir ? { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') } : {}
  return { host: url.hostname, port, protocol: secure ? 'https' : 'http', ...files } as DockerOptions
}

/** True for an engine on another machine: ports that a lab publishes are on that machine's loopback then. */
export function isRemote(options: DockerOptions): boolean {
  return options.host !== undefined && !['localhost', '127.0.0.1', '::1', '[::1]'].includes(options.host)
}

function dockerHost({ env }: Surroundings): Place[] {
  const address = env.DOCKER_HOST
  if (!address) return []
  const verify = Boolean(env.DOCKER_TLS_VERIFY)
  try {
    const options = optionsOf(address, { verify, ...(env.DOCKER_CERT_PATH && { dir: env.DOCKER_CERT_PATH }) })
    return [{ where: address, from: 'DOCKER_HOST', explicit: true, options }]
  } catch (error) {
    throw new DojoError('engine-unreachable', {
      what: `DOCKER_HOST is ${address}, which can't be used`,
      why: error instanceof Error ? error.message : String(error),
      next: 'Unset DOCKER_HOST, or set it to unix:///path/docker.sock, tcp://host:port or ssh://user@host',
    })
  }
}

/** The docker CLI's context in use. Its folder is named by the SHA-256 of the context's name. */
function dockerContext({ env, home }: Surroundings): Place[] {
  const config = env.DOCKER_CONFIG || join(home, '.docker')
  const asked = env.DOCKER_CONTEXT
  const name = asked || currentContext(config)
  if (!name || name === 'default') return []
  const id = createHash('sha256').update(name).digest('hex')
  try {
    const meta = JSON.parse(readFileSync(join(config, 'contexts', 'meta', id, 'meta.json'), 'utf8')) as {
      Endpoints: { docker: { Host: string } }
    }
    const where = meta.Endpoints.docker.Host
    const dir = join(config, 'contexts', 'tls', id, 'docker')
    const options = optionsOf(where, existsSync(dir) ? { dir, verify: true } : {})
    return [{ where, from: `docker context "${name}"`, explicit: Boolean(asked), options }]
  } catch (error) {
    if (!asked) return [] // a context left over in the configuration: the usual sockets are next
    throw new DojoError('engine-unreachable', {
      what: `DOCKER_CONTEXT is "${asked}", and that context can't be used`,
      why: error instanceof Error ? error.message : String(error),
      next: 'Unset DOCKER_CONTEXT, or set it to a name that `docker context ls` shows',
    })
  }
}

function currentContext(config: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(config, 'config.json'), 'utf8')) as { currentContext?: string }).currentContext
  } catch {
    return undefined // no configuration, which is the usual case
  }
}

/** Paths that match a pattern in which one whole segment may be `*`. Node 20 has no glob of its own. */
function matching(pattern: string): string[] {
  const [before = '', after] = pattern.split('/*/')
  if (after === undefined) return [pattern]
  try {
    return readdirSync(before)
      .sort()
      .map((name) => join(before, name, after))
      .filter((path) => existsSync(path))
  } catch {
    return []
  }
}

function usualSockets({ env, home, platform, uid, root }: Surroundings): Place[] {
  if (platform === 'win32') {
    return [
      socket('//./pipe/docker_engine', 'Docker'),
      socket('//./pipe/dockerDesktopLinuxEngine', 'Docker Desktop'),
      socket('//./pipe/podman-machine-default', 'Podman'),
    ]
  }
  const runtime = env.XDG_RUNTIME_DIR || `${root}/run/user/${uid}`
  const all = (pattern: string, from: string) => matching(pattern).map((path) => socket(path, from))
  return [
    socket(`${root}/var/run/docker.sock`, 'Docker'),
    socket(join(runtime, 'docker.sock'), 'Docker (rootless)'),
    socket(join(home, '.docker/run/docker.sock'), 'Docker Desktop'),
    socket(join(home, '.docker/desktop/docker.sock'), 'Docker Desktop'),
    socket(join(home, '.orbstack/run/docker.sock'), 'OrbStack'),
    ...all(join(home, '.colima/*/docker.sock'), 'Colima'),
    ...all(join(home, '.config/colima/*/docker.sock'), 'Colima'),
    socket(join(home, '.rd/docker.sock'), 'Rancher Desktop'),
    ...all(join(home, '.lima/*/sock/docker.sock'), 'Lima'),
    socket(join(runtime, 'podman/podman.sock'), 'Podman (rootless)'),
    socket(join(home, '.local/share/containers/podman/machine/podman.sock'), 'Podman machine'),
    ...all(join(home, '.local/share/containers/podman/machine/*/podman.sock'), 'Podman machine'),
    ...(env.TMPDIR ? [socket(join(env.TMPDIR, 'podman/podman-machine-default-api.sock'), 'Podman machine')] : []),
    socket(`${root}/run/podman/podman.sock`, 'Podman'),
  ]
}

const socket = (path: string, from: string): Place => ({
  where: path,
  from,
  explicit: false,
  options: { socketPath: path },
})

/** Every place in the order of asking, each socket once. */
export function enginePlaces(here: Surroundings = surroundings()): Place[] {
  const named = dockerHost(here)
  if (named.length > 0) return named
  const places = [...dockerContext(here), ...usualSockets(here)]
  const explicit = places.filter((place) => place.explicit)
  if (explicit.length > 0) return explicit
  const path = (place: Place) => place.options.socketPath ?? place.where
  return places.filter((place, i) => places.findIndex((other) => path(other) === path(place)) === i)
}
