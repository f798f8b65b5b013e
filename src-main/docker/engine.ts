import Docker from 'dockerode'
import type { EngineStatus } from '../contract/doctor.js'
import { DojoError } from '../contract/errors.js'
import { howToGetAnEngine } from './engine-advice.js'
import { enginePlaces, isRemote, surroundings, type Place, type Surroundings } from './engine-places.js'

/** Docker 19.03. Older engines lack what labs rely on; Podman says 1.41. */
export const oldestApi = '1.40'
const answerWithinMs = 4_000

/** An engine that answered. Stays valid when the engine restarts: every call makes its own connection. */
export interface Engine {
  docker: Docker
  where: string
  from: string
  /** For example 20.10.24. */
  version: string
  apiVersion: string
  /** On another machine: its loopback is not ours. */
  remote: boolean
}

export type RefusalReason = 'absent' | 'denied' | 'not-running' | 'silent' | 'too-old' | 'unknown'

/** Why an engine was not taken from a place. */
export interface Refusal {
  where: string
  from: string
  explicit: boolean
  reason: RefusalReason
  detail: string
}

const reasonOf: Record<string, RefusalReason> = {
  ENOENT: 'absent',
  ENOTDIR: 'absent',
  EACCES: 'denied',
  EPERM: 'denied',
  ECONNREFUSED: 'not-running',
  ENOTSOCK: 'not-running',
  ECONNRESET: 'silent',
  ETIMEDOUT: 'silent',
  ABORT_ERR: 'silent',
}

/** Compares dotted numbers; 1.9 is older than 1.40. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number)) as [number[], number[]]
  for (const [i, part] of b.entries()) if ((a[i] ?? 0) !== part) return (a[i] ?? 0) < part
  return false
}

/** The types know `version` without options only; the library takes them. */
function versionOf(docker: Docker): Promise<{ Version: string; ApiVersion: string }> {
  const typed = docker as unknown as { version(options: object): ReturnType<typeof versionOf> }
  return typed.version({ abortSignal: AbortSignal.timeout(answerWithinMs) })
}

async function ask(place: Place): Promise<Engine | Refusal> {
  const { where, from, explicit } = place
  const refusal = (reason: RefusalReason, detail: string): Refusal => ({ where, from, explicit, reason, detail })
  try {
    const docker = new Docker(place.options)
    const { Version, ApiVersion } = await versionOf(docker)
    if (!ApiVersion) return refusal('unknown', 'something else than an engine answers here')
    if (isOlder(ApiVersion, oldestApi)) return refusal('too-old', `engine ${Version} speaks API ${ApiVersion}`)
    return { docker, where, from, version: Version, apiVersion: ApiVersion, remote: isRemote(place.options) }
  } catch (error) {
    const {
      code = '',
      name = '',
      message = String(error),
    } = error as { code?: string; name?: string; message?: string }
    if (name === 'AbortError' || name === 'TimeoutError') return refusal('silent', `no answer in ${answerWithinMs} ms`)
    return refusal(reasonOf[code] ?? 'unknown', message)
  }
}

/** Asks every place in turn until an engine answers; says of each other place why not. */
export async function searchEngine(
  here: Surroundings = surroundings(),
): Promise<{ engine: Engine | null; refusals: Refusal[] }> {
  const refusals: Refusal[] = []
  for (const place of enginePlaces(here)) {
    const answer = await ask(place)
    if ('docker' in answer) return { engine: answer, refusals }
    refusals.push(answer)
  }
  return { engine: null, refusals }
}

/** Turns what the search saw into the one error that helps most. */
export function engineError(refusals: readonly Refusal[], here: Surroundings = surroundings()): DojoError {
  const seen = (reason: RefusalReason) => refusals.find((refusal) => refusal.reason === reason)
  const named = refusals.find(({ explicit }) => explicit)
  const denied = seen('denied')
  const tooOld = seen('too-old')
  if (denied) {
    const user = here.env.USER || here.env.LOGNAME || 'you'
    return new DojoError('engine-denied', {
      what: `Docker's engine is at ${denied.where}, and this user may not use it`,
      why: `opening the socket says: ${denied.detail}`,
      next: `Run \`sudo usermod -aG docker ${user}\`, log out and in again, then retry`,
    })
  }
  if (tooOld) {
    return new DojoError('engine-too-old', {
      what: `Docker's engine at ${tooOld.where} is too old`,
      why: `${tooOld.detail}, and labs need API ${oldestApi} (Docker 19.03) or later`,
      next: 'Update Docker, or point DOCKER_HOST to a newer engine',
    })
  }
  if (named) {
    const variable = named.from === 'DOCKER_HOST' ? 'DOCKER_HOST' : 'DOCKER_CONTEXT'
    return new DojoError('engine-unreachable', {
      what: `No engine answers at ${named.where}, which ${variable} names`,
      why: named.detail,
      next: `Start that engine, or unset ${variable} to let others be found`,
    })
  }
  const stopped = seen('not-running') ?? seen('silent') ?? seen('unknown')
  const advice = howToGetAnEngine(here, stopped)
  return new DojoError('engine-unreachable', advice)
}

/** @throws DojoError engine-unreachable, engine-denied or engine-too-old, each with what to do */
export async function findEngine(here: Surroundings = surroundings()): Promise<Engine> {
  const { engine, refusals } = await searchEngine(here)
  if (!engine) throw engineError(refusals, here)
  return engine
}

let found: Promise<Engine> | undefined

/** The process's engine: searched once it is needed, and again only as long as none was found. */
export function connectEngine(): Promise<Engine> {
  found ??= findEngine().catch((error: unknown) => {
    found = undefined
    throw error
  })
  return found
}

/** The process's engine as dockerode; most of src-main/docker starts with this. */
export const connectDocker = async (): Promise<Docker> => (await connectEngine()).docker

/** For screens: never throws. Asks anew, so that an engine that went away shows at once. */
export async function engineStatus(): Promise<EngineStatus> {
  try {
    const { docker, where } = await connectEngine()
    const { Version } = await versionOf(docker)
    return { state: 'ready', version: Version, where }
  } catch {
    found = undefined
    try {
      const { version, where } = await connectEngine()
      return { state: 'ready', version, where }
    } catch (error) {
      if (!(error instanceof DojoError)) throw error
      const states = { 'engine-denied': 'denied', 'engine-too-old': 'too-old' } as const
      const state = error.code in states ? states[error.code as keyof typeof states] : 'unreachable'
      return { state, version: null, where: null, error: error.said }
    }
  }
}
