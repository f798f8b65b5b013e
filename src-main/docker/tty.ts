import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type Docker from 'dockerode'
import { engineSays, isGone, statusOf, translated } from './errors.js'
import { envList, hostDown, runIn } from './exec.js'

export interface TtyOptions {
  user?: string
  cols: number
  rows: number
  env?: Record<string, string>
  workingDir?: string
}

/** An interactive command on a pseudo-terminal in a container. */
export interface TtyStream {
  /** Raw output; ends when the command or the container does. Pausing it holds the command back. */
  readonly output: Duplex
  write(data: string): void
  resize(cols: number, rows: number): Promise<void>
  /** Exit code, or null while it runs or when the engine no longer knows. */
  exitCode(): Promise<number | null>
  /** Sends HUP to the command's whole session and ends the stream. Idempotent. */
  close(): Promise<void>
}

/**
 * Ending the stream of an exec leaves its shell running, for ever. So the shell notes the id of its session in a file
 * of /run/dojo (in the image, writable for all), and `close` sends HUP to that session, as a lost line would.
 */
const session = (file: string): string[] => ['sh', '-c', `echo $$ > ${file}; exec "$@"`, 'sh']
const hangUp = (file: string): string[] => [
  'sh',
  '-c',
  `pid=$(cat ${file} 2>/dev/null) || exit 0; pkill -HUP -s "$pid"; rm -f ${file}`,
]

/** @throws DojoError host-down when the container does not run */
export async function openTty(
  container: Docker.Container,
  host: string,
  argv: readonly string[],
  { user = 'postgres', cols, rows, env = {}, workingDir }: TtyOptions,
): Promise<TtyStream> {
  const file = `/run/dojo/tty-${randomBytes(6).toString('hex')}`
  try {
    const exec = await container.exec({
      Cmd: [...session(file), ...argv],
      User: user,
      Env: envList({ TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env }),
      Tty: true,
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      ...(workingDir === undefined ? {} : { WorkingDir: workingDir }),
    })
    const stream = await exec.start({ hijack: true, stdin: true, Tty: true })
    stream.on('error', () => stream.destroy()) // the engine went away: the stream ends, and its reader says so
    await resizeOnceStarted(exec, cols, rows)
    let closing: Promise<void> | undefined
    return {
      output: stream,
      write: (data) => void (stream.writable && stream.write(data)),
      resize: (w, h) => exec.resize({ w, h }).then(ignore, ignore), // a command that has just ended has no size
      exitCode: () =>
        exec.inspect().then(
          ({ Running, ExitCode }) => (Running ? null : ExitCode),
          () => null,
        ),
      close: () =>
        (closing ??= runIn(container, host, hangUp(file), { user: 'root', timeoutMs: 5_000 })
          .then(ignore, ignore) // a host that is down has no session left
          .finally(() => stream.destroy())),
    }
  } catch (error) {
    if (statusOf(error) === 409 || isGone(error)) throw hostDown(host, engineSays(error))
    throw translated(error, `opening a terminal on ${host}`)
  }
}

const ignore = (): void => undefined

/** Engines before API 1.42 take no size at the start, and refuse one until the process is there. */
async function resizeOnceStarted(exec: Docker.Exec, w: number, h: number): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      await exec.resize({ w, h })
      return
    } catch {
      await pause(10)
    }
  }
}
