import { PassThrough } from 'node:stream'
import type Docker from 'dockerode'
import { DojoError } from '../contract/errors.js'
import { engineSays, statusOf, translated } from './errors.js'
import { execIn } from './exec-gate.js'

export interface ExecOutcome {
  code: number
  stdout: string
  stderr: string
}

export interface RunOptions {
  user?: string
  env?: Record<string, string>
  /** The command gets TERM, then KILL, when it takes longer. */
  timeoutMs?: number
  signal?: AbortSignal
  /** Written to standard input, which is then closed. */
  input?: string
  workingDir?: string
}

const graceMs = 3_000
/** What one command may say. More is cut, and the cut is marked: a flood must not take the app's memory. */
const maxBytes = 16 * 1024 * 1024

export const envList = (env: Record<string, string>): string[] =>
  Object.entries(env).map(([key, value]) => `${key}=${value}`)

/**
 * Runs a command in a container and waits for its end.
 * The limit is kept inside the container (timeout(1)), because ending an exec's stream leaves its process running.
 * @throws DojoError host-down when the container does not run, wait-timed-out when the command was ended
 */
export async function runIn(
  container: Docker.Container,
  host: string,
  argv: readonly string[],
  { user = 'postgres', env = {}, timeoutMs = 60_000, signal, input, workingDir }: RunOptions = {},
): Promise<ExecOutcome> {
  signal?.throwIfAborted()
  const limit = ['timeout', '--kill-after=2', String(timeoutMs / 1000)]
  const startedAt = performance.now()
  const shown = argv.join(' ').slice(0, 120)
  try {
    const exec = await execIn(container, {
      Cmd: [...limit, ...argv],
      User: user,
      Env: envList(env),
      AttachStdin: input !== undefined,
      AttachStdout: true,
      AttachStderr: true,
      ...(workingDir === undefined ? {} : { WorkingDir: workingDir }),
    })
    const stream = await exec.start({ hijack: true, stdin: input !== undefined })
    const stdout = collect()
    const stderr = collect()
    container.modem.demuxStream(stream, stdout.sink, stderr.sink)
    if (input !== undefined) stream.end(input)
    await ended(stream, timeoutMs + graceMs, signal)
    const { ExitCode: code, Running } = await exec.inspect()
    if (Running || code === null) throw hostDown(host, `it ended while \`${shown}\` ran`)
    if ((code === 124 || code === 137) && performance.now() - startedAt >= timeoutMs)
      throw tooLong(host, shown, timeoutMs)
    return { code, stdout: stdout.text(), stderr: stderr.text() }
  } catch (error) {
    if (statusOf(error) === 409 || statusOf(error) === 404) throw hostDown(host, engineSays(error))
    throw translated(error, `running a command on ${host}`)
  }
}

/** Starts a command that nobody waits for: it outlives the app. */
export async function runDetached(
  container: Docker.Container,
  argv: readonly string[],
  user = 'postgres',
): Promise<void> {
  const exec = await execIn(container, { Cmd: [...argv], User: user })
  await exec.start({ Detach: true })
}

export const hostDown = (host: string, why: string): DojoError =>
  new DojoError('host-down', {
    what: `Host ${host} can run nothing now`,
    why,
    next: `Start it with \`dojo heal\` or the lab's menu, then retry`,
  })

const tooLong = (host: string, shown: string, timeoutMs: number): DojoError =>
  new DojoError('wait-timed-out', {
    what: `\`${shown}\` on ${host} was ended after ${timeoutMs} ms`,
    why: 'it did not finish in time',
    next: 'Look at the host: its services may hang',
  })

/** Takes what a command says, up to a limit. */
export function collect(): { sink: PassThrough; text: () => string } {
  const sink = new PassThrough()
  const chunks: Buffer[] = []
  let size = 0
  sink.on('data', (chunk: Buffer) => {
    if (size < maxBytes) chunks.push(chunk)
    size += chunk.length
  })
  const cut = (): string => (size > maxBytes ? `\n[cut: ${size} bytes in all]\n` : '')
  return { sink, text: () => Buffer.concat(chunks).toString('utf8') + cut() }
}

/** Resolves at the stream's end. A frozen container never ends it, so there is a deadline here as well. */
function ended(
  stream: NodeJS.ReadWriteStream & { destroy?: () => void },
  withinMs: number,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (error?: unknown): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      if (error === undefined) return resolve()
      stream.destroy?.()
      reject(error as Error)
    }
    const onAbort = (): void => finish(signal?.reason)
    const timer = setTimeout(() => {
      const why = 'neither its output nor an exit code came: it may be frozen'
      finish(
        new DojoError('wait-timed-out', {
          what: `A command got no answer in ${withinMs} ms`,
          why,
          next: 'Look at the host',
        }),
      )
    }, withinMs)
    signal?.addEventListener('abort', onAbort, { once: true })
    stream.on('end', () => finish())
    stream.on('close', () => finish())
    stream.on('error', finish)
  })
}
