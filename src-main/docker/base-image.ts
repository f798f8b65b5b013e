import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type Docker from 'dockerode'
import { DojoError } from '../contract/errors.js'
import { appRoot } from '../util/app-root.js'
import { runProgram } from '../util/run-program.js'
import { aptInstall, canInstall } from './apt.js'
import type { BuildOptions, Progress } from './build-progress.js'
import { findProgram } from './engine-advice.js'
import { surroundings } from './engine-places.js'
import { followEngine } from './engine-stream.js'
import { inspectImage } from './image-status.js'

export const baseImage = 'debian:trixie-slim'

/** A registry that is there sends the first layer's state well within this; behind many firewalls it never answers. */
const registryAnswersWithinMs = 8_000
/** Once layers come in, a slow line is fine, a dead one is not. */
const layerWithinMs = 60_000

/** What debootstrap and the script around it print when they come to the next part of the work. */
const parts: readonly [starts: RegExp, words: string][] = [
  [/^I: Retrieving (?!InRelease|Packages)/, 'fetching Debian packages'],
  [/^I: Extracting/, 'extracting them'],
  [/^I: Unpacking/, 'installing them'],
  [/^I: Configuring/, 'configuring them'],
  [/^I: Packing/, 'handing the image to the engine'],
]
const steps = parts.length + 2

/**
 * Makes sure that the engine holds `debian:trixie-slim`: there already, pulled from a registry, or made from Debian's
 * packages. Returns which of these it was.
 * @throws DojoError image-build-failed, with each way's reason
 */
export async function ensureBaseImage(
  docker: Docker,
  progress: Progress,
  options: BuildOptions = {},
): Promise<'present' | 'pulled' | 'made'> {
  if (await inspectImage(docker, baseImage)) return 'present'
  progress.enter('base image', 1, steps, `asking the image registry for ${baseImage}`)
  const refused = await pull(docker, progress, options.signal)
  if (refused === null) return 'pulled'
  progress.enter('base image', 2, steps, 'no registry answers; making it from Debian packages')
  progress.line(`registry: ${refused}`)
  await makeFromPackages(docker, refused, progress, options)
  return 'made'
}

/** Null when pulled, else why not. An abort by the caller is thrown. */
async function pull(docker: Docker, progress: Progress, signal?: AbortSignal): Promise<string | null> {
  const limit = new AbortController()
  let timer = setTimeout(() => limit.abort(), registryAnswersWithinMs)
  try {
    const abortSignal = signal ? AbortSignal.any([limit.signal, signal]) : limit.signal
    const stream = (await docker.pull(baseImage, { abortSignal })) as NodeJS.ReadableStream
    await followEngine(stream, ({ status, id, progress: bar }) => {
      clearTimeout(timer)
      timer = setTimeout(() => limit.abort(), layerWithinMs)
      if (!bar && status) progress.line([status, id].filter(Boolean).join(' '))
    })
    return (await inspectImage(docker, baseImage)) ? null : 'the pull ended without an image'
  } catch (error) {
    signal?.throwIfAborted()
    if (limit.signal.aborted) return `no answer within ${registryAnswersWithinMs / 1000} s`
    return error instanceof Error ? error.message : String(error)
  } finally {
    clearTimeout(timer)
  }
}

async function makeFromPackages(docker: Docker, refused: string, progress: Progress, options: BuildOptions) {
  const here = surroundings()
  const cannot = (why: string): DojoError =>
    new DojoError('image-build-failed', {
      what: `The base image ${baseImage} is missing`,
      why: `no image registry gave it (${refused}), and ${why}`,
      next: 'Run `npx dojo image export FILE` where the image exists, and `npx dojo image import FILE` here',
    })
  if (here.platform !== 'linux') throw cannot('only Linux can make it from Debian packages')
  if (here.uid !== 0) throw cannot('making it from Debian packages needs root: `sudo npm start` once does it')
  if (!findProgram('debootstrap', here)) {
    if (!canInstall(here)) throw cannot('debootstrap is not installed')
    progress.line('installing debootstrap')
    await aptInstall(['debootstrap', 'debian-archive-keyring'], progress.line)
  }
  const script = join(appRoot(), 'docker', 'base', 'make-base.sh')
  const mirror = process.env.DOJO_DEBIAN_MIRROR || machineMirror()
  let part = -1
  const { code, tail } = await runProgram('sh', [script, ...(mirror ? [mirror] : [])], {
    env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C.UTF-8' },
    onLine: (line) => {
      const begun = parts.findIndex(([starts]) => starts.test(line))
      if (begun > part) {
        part = begun
        progress.enter('base image', part + 3, steps, parts[part]![1])
      }
      progress.line(line)
    },
    ...(options.signal && { signal: options.signal }),
    onOutput: async (tar) => {
      // not before there is something to send: an engine hangs up on a request that says nothing for 5 minutes, and a
      // busy machine is that long at work before the first byte
      await once(tar, 'readable')
      // nothing at all: it failed, and its exit code and last line say why
      if (tar.readableLength === 0) return void tar.resume()
      const [repo, tag] = baseImage.split(':')
      const wanted = { repo, tag, changes: ['CMD ["bash"]'], message: 'made from Debian packages by pg-ha-dojo' }
      await followEngine(await docker.importImage(tar, wanted))
    },
  })
  if (code !== 0)
    throw cannot(`debootstrap failed: ${tail.findLast((line) => /^[EW]:/.test(line)) ?? tail.at(-1) ?? ''}`)
  if (!(await inspectImage(docker, baseImage))) throw cannot('the engine did not keep what was imported')
}

/** The Debian mirror that this machine uses itself: in closed networks the only one that it can reach. */
function machineMirror(etc = '/etc/apt'): string | undefined {
  const folder = join(etc, 'sources.list.d')
  const files = [
    join(etc, 'sources.list'),
    ...(existsSync(folder) ? readdirSync(folder).map((f) => join(folder, f)) : []),
  ]
  const texts = files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8'))
  return texts.flatMap((text) => text.match(/https?:\/\/\S+\/debian\/?(?=\s|$)/g) ?? [])[0]
}
