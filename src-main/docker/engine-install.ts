import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { DojoError } from '../contract/errors.js'
import { logFor } from '../util/log.js'
import { logged } from '../util/logged.js'
import { runProgram } from '../util/run-program.js'
import { aptInstall, canInstall } from './apt.js'
import { findProgram } from './engine-advice.js'
import { engineError, searchEngine, type Engine } from './engine.js'
import { surroundings, type Surroundings } from './engine-places.js'

const log = logFor('engine')

/** An engine that was ended hard reads all its containers again before it answers. */
const answersWithinMs = 90_000

export interface EnsureEngineOptions {
  /** Told in one line what is about to happen. */
  say: (line: string) => void
  onLine?: (line: string) => void
  /** Asks the person at the terminal; absent where nobody is there, and then it is done and said. */
  confirm?: (question: string) => Promise<boolean>
  here?: Surroundings
}

/**
 * Finds an engine; where there is none, starts the one that is installed, and on Debian and Ubuntu as root installs
 * one first. Leaves an engine that was named explicitly, or that refuses this user, alone.
 * @throws DojoError engine-unreachable, engine-denied, engine-too-old, package-failed
 */
export async function ensureEngine(options: EnsureEngineOptions): Promise<Engine> {
  const { say, confirm, here = surroundings() } = options
  const onLine = options.onLine ?? (() => {})
  const { engine, refusals } = await searchEngine(here)
  if (engine) return engine
  const error = engineError(refusals, here)
  const named = refusals.some(({ explicit }) => explicit)
  if (error.code !== 'engine-unreachable' || named || here.platform !== 'linux' || here.uid !== 0) throw error

  if (!findProgram('dockerd', here)) {
    if (!canInstall(here)) throw error
    say("no Docker engine here; installing Debian's docker.io")
    if (confirm && !(await confirm("Install Debian's packages docker.io and iptables now?"))) throw error
    // iptables is only recommended by docker.io, and without it the engine has no networks
    await aptInstall(['docker.io', 'iptables'], onLine)
  }
  say('starting the Docker engine')
  await logged(log, 'start engine', {}, () => startEngine(here, onLine))
  const { engine: started, refusals: still } = await searchEngine(here)
  if (!started) throw engineError(still, here)
  return started
}

/** How to start dockerd; tests run a second one beside the machine's. */
export interface DaemonFiles {
  args: readonly string[]
  pidFile: string
  containerdPidFile: string
  logFile: string
}

const systemDaemon: DaemonFiles = {
  args: [],
  pidFile: '/var/run/docker.pid',
  containerdPidFile: '/var/run/docker/containerd/containerd.pid',
  logFile: '/var/log/dockerd.log',
}

async function startEngine(here: Surroundings, onLine: (line: string) => void): Promise<void> {
  const answers = async (): Promise<boolean> => (await searchEngine(here)).engine !== null
  if (await answers()) return // the package's own start script was faster
  if (existsSync('/run/systemd/system')) {
    const { code, tail } = await runProgram('systemctl', ['start', 'docker'], { onLine })
    if (code !== 0)
      throw notStarted(`systemctl start docker ended with ${code}: ${tail.at(-1) ?? ''}`, 'journalctl -u docker')
  }
  await startDaemon(systemDaemon, here, answers)
}

const notStarted = (why: string, where: string): DojoError =>
  new DojoError('engine-unreachable', { what: "Docker's engine did not start", why, next: `Read ${where}, then retry` })

/**
 * Starts dockerd so that it outlives us: a session of its own, no standard input, output to a file. Waits until it
 * answers. A pid file that a hard end left behind is removed when its process is gone or is something else by now.
 */
export async function startDaemon(files: DaemonFiles, here: Surroundings, answers: () => Promise<boolean>) {
  if (removeStale(files.pidFile, 'dockerd')) removeStale(files.containerdPidFile, 'containerd')
  const daemon: { ended?: string } = {}
  if (!existsSync(files.pidFile)) {
    mkdirSync(dirname(files.logFile), { recursive: true })
    const output = openSync(files.logFile, 'a', 0o600)
    const env = { ...here.env, PATH: `${here.env.PATH ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin` }
    const program = findProgram('dockerd', here) ?? 'dockerd'
    const child = spawn(program, files.args, { detached: true, stdio: ['ignore', output, output], env })
    closeSync(output)
    child.once('error', (error) => (daemon.ended = error.message))
    child.once('exit', (code, signal) => (daemon.ended = `dockerd ended with ${code ?? signal}`))
    child.unref()
  }
  for (const deadline = performance.now() + answersWithinMs; ; await pause(200)) {
    if (await answers()) return
    // somebody else (the package's start script, another set-up) may have been faster: then theirs is waited for
    if (daemon.ended && removeStale(files.pidFile, 'dockerd')) {
      throw notStarted(`${daemon.ended}: ${lastWords(files.logFile)}`, files.logFile)
    }
    if (performance.now() > deadline) throw notStarted(`no answer in ${answersWithinMs / 1000} s`, files.logFile)
  }
}

/** True when no such process runs, and its pid file is gone (dockerd refuses to start beside one of any process). */
export function removeStale(pidFile: string, program: string): boolean {
  try {
    const pid = readFileSync(pidFile, 'utf8').trim()
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === program) return false
  } catch {
    // no such file, or no such process
  }
  rmSync(pidFile, { force: true })
  return true
}

function lastWords(logFile: string): string {
  try {
    const lines = readFileSync(logFile, 'utf8').trim().split('\n')
    return lines.findLast((line) => /level=(fatal|error)|^failed|^Error/i.test(line)) ?? lines.at(-1) ?? 'no output'
  } catch {
    return 'no output'
  }
}
