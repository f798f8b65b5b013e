import { createHash, randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type Docker from 'dockerode'
import { engineSays, isGone, statusOf, translated } from './errors.js'
import { envList, hostDown, runIn } from './exec.js'
import { execIn } from './exec-gate.js'

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
  /** Resolves when the command's side has room for more; what is written meanwhile waits in memory. */
  write(data: string): Promise<void>
  resize(cols: number, rows: number): Promise<void>
  /** Exit code, or null while it runs or when the engine no longer knows. */
  exitCode(): Promise<number | null>
  /** Sends HUP to the command's whole session and ends the stream. Idempotent. */
  close(): Promise<void>
}

/** Who opened a session: this machine and process. A later process finds out whether it is still there. */
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 6)
const sessionFile = (): string => `/run/dojo/tty-${machine}-${process.pid}-${randomBytes(4).toString('hex')}`
const ownerIn = (name: string): number | null => {
  const match = /^tty-([0-9a-f]+)-(\d+)-[0-9a-f]+$/.exec(name)
  return match?.[1] === machine ? Number(match[2]) : null
}

/**
 * Ending the stream of an exec leaves its shell running, for ever. So the shell notes the id of its session in a file
 * of /run/dojo (in the image, writable for all), and `close` sends HUP to that session, as a lost line would. The file
 * outlives a restart of the host, where another process may have that id: the time of its start tells them apart.
 */
const session = (file: string): string[] => [
  'sh',
  '-c',
  `echo $$ $(cut -d ' ' -f 22 /proc/$$/stat) > ${file}; exec "$@"`,
  'sh',
]
const hangUp = (file: string): string[] => [
  'sh',
  '-c',
  `read -r pid start < ${file} || exit 0
   now=$(cut -d ' ' -f 22 "/proc/$pid/stat" 2>/dev/null)
   if [ -z "$now" ] || [ "$now" = "$start" ]; then pkill -HUP -s "$pid"; fi
   rm -f ${file}`,
]

/**
 * Hangs up what a process of this machine left behind when it was killed: sessions whose opener is no more.
 * @returns how many. A container that does not run has none
 */
export async function hangUpOrphans(container: Docker.Container, host: string): Promise<number> {
  const as = { user: 'root', timeoutMs: 5_000 }
  const { stdout } = await runIn(container, host, ['ls', '/run/dojo'], as).catch(() => ({ stdout: '' }))
  const orphans = stdout.split('\n').filter((name) => {
    const owner = ownerIn(name)
    return owner !== null && !isAlive(owner)
  })
  for (const name of orphans) await runIn(container, host, hangUp(`/run/dojo/${name}`), as).catch(ignore)
  return orphans.length
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** @throws DojoError host-down when the container does not run */
export async function openTty(
  container: Docker.Container,
  host: string,
  argv: readonly string[],
  { user = 'postgres', cols, rows, env = {}, workingDir }: TtyOptions,
): Promise<TtyStream> {
  const file = sessionFile()
  try {
    const exec = await execIn(container, {
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
      write: (data) => written(stream, data),
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

function written(stream: Duplex, data: string): Promise<void> {
  if (!stream.writable || stream.write(data)) return Promise.resolve()
  return new Promise((resolve) => {
    for (const event of ['drain', 'close']) stream.once(event, resolve)
  })
}

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
