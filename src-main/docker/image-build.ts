import { statfs } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type Docker from 'dockerode'
import { DojoError } from '../contract/errors.js'
import { logFor } from '../util/log.js'
import { logged } from '../util/logged.js'
import { ensureBaseImage } from './base-image.js'
import { progressOf, type BuildOptions, type Progress } from './build-progress.js'
import { connectDocker } from './engine.js'
import { engineSays } from './errors.js'
import { followEngine } from './engine-stream.js'
import { buildLock } from './image-lock.js'
import { readRecipe, recipeTag, recipeTar } from './image-recipe.js'
import { inspectImage } from './image-status.js'
import { label, product } from './labels.js'

const log = logFor('image')
const phase = 'host image'
/** The build's layers before they are flattened, the flat image, and room to work. */
const diskForBuild = 3 * 1024 ** 3

export interface BuiltImage {
  tag: string
  /** False when it was there already. */
  built: boolean
  seconds: number
}

/**
 * Makes sure that the engine holds the host image of this checkout's recipe; builds it (and the base image before it)
 * when it does not. One process builds, others wait for it.
 * @throws DojoError image-build-failed or disk-full, with the build's last words
 */
export async function ensureHostImage(options: BuildOptions = {}): Promise<BuiltImage> {
  const docker = await connectDocker()
  const files = readRecipe()
  const tag = recipeTag(files)
  const progress = progressOf(options)
  const done = (built: boolean): BuiltImage => ({ tag, built, seconds: progress.seconds() })

  if (await inspectImage(docker, tag)) return done(false)
  const lock = buildLock(tag)
  while (!lock.take()) {
    progress.enter(phase, 0, 0, `process ${lock.holder()} builds ${tag} already; waiting for it`)
    await pause(1_000, undefined, options.signal ? { signal: options.signal } : {})
  }
  try {
    // whoever held the lock may just have finished it
    if (await inspectImage(docker, tag)) return done(false)
    await requireDisk(docker)
    await ensureBaseImage(docker, progress, options)
    await logged(log, 'build host image', { lab: '', tag }, () => build(docker, tag, files, progress, options.signal))
    return done(true)
  } catch (error) {
    options.signal?.throwIfAborted()
    throw error instanceof DojoError ? error : failed(tag, error, [])
  } finally {
    lock.release()
  }
}

type Recipe = ReturnType<typeof readRecipe>

async function build(docker: Docker, tag: string, files: Recipe, progress: Progress, signal?: AbortSignal) {
  progress.enter(phase, 0, 0, `building ${tag}`)
  const tail: string[] = []
  try {
    const stream = await docker.buildImage(recipeTar(files), {
      t: tag,
      version: '1', // the classic builder: every engine that we support has it
      networkmode: 'host', // the default bridge has no name servers in some closed networks
      forcerm: true,
      buildargs: proxies(),
      labels: { [label.product]: product },
      ...(signal && { abortSignal: signal }),
    })
    await followEngine(stream, ({ stream: text = '' }) => {
      for (const line of text.split('\n').map((part) => part.trimEnd())) {
        if (!line) continue
        tail.push(line)
        if (tail.length > 12) tail.shift()
        const step = /^Step (\d+)\/(\d+) : (.*)/.exec(line)
        if (step) progress.enter(phase, Number(step[1]), Number(step[2]), step[3]!)
        else progress.line(line)
      }
    })
  } catch (error) {
    signal?.throwIfAborted()
    throw failed(tag, error, tail)
  }
  // a build that ends without an error and without an image has been seen on a full disk
  if (!(await inspectImage(docker, tag))) throw failed(tag, new Error('the build ended without an image'), tail)
}

/** Docker gives these to every RUN without a declaration; apt reads the small ones. */
function proxies(): Record<string, string> {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

function failed(tag: string, error: unknown, tail: readonly string[]): DojoError {
  const message = engineSays(error)
  if (/no space left on device/i.test(message + tail.join('\n'))) {
    return new DojoError('disk-full', {
      what: `Building ${tag} stopped`,
      why: "the engine's disk is full",
      next: 'Free some space (`docker system df` shows what Docker holds), then retry',
    })
  }
  const last = tail.slice(-4).join(' | ')
  const why = last ? `${message}; before that: ${last}` : message
  const next = 'Read the log for more, then run `npx dojo image build`'
  return new DojoError('image-build-failed', { what: `Building ${tag} failed`, why, next }, { cause: error })
}

/** Bytes free where the engine keeps its images; null when that disk is not this machine's (a VM, a remote engine). */
export async function engineDiskFree(docker: Docker): Promise<number | null> {
  try {
    const { DockerRootDir } = (await docker.info()) as { DockerRootDir: string }
    const { bavail, bsize } = await statfs(DockerRootDir)
    return bavail * bsize
  } catch {
    return null
  }
}

async function requireDisk(docker: Docker): Promise<void> {
  const free = await engineDiskFree(docker)
  if (free === null || free >= diskForBuild) return
  const gib = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`
  throw new DojoError('disk-full', {
    what: `${gib(free)} are free on the engine's disk`,
    why: `building the host image takes up to ${gib(diskForBuild)} for a moment`,
    next: 'Free some space (`docker system df` shows what Docker holds), then retry',
  })
}
