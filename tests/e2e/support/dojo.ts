import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../../..')
const prefix = 'pg-ha-dojo-e2e-'

/** Which build is tested. DOJO_OUT names another than out/. */
export const out = resolve(root, process.env['DOJO_OUT'] ?? 'out')

export interface Dojo {
  /** The address with its token; another one after a restart. */
  readonly url: string
  /** Runs the command line on the same data folder, and gives its standard output. */
  cli(...args: string[]): Promise<string>
  /** Ends the app as a crash would, and starts another on the same data. The new address. */
  killAndRestart(): Promise<string>
  close(): Promise<void>
}

/**
 * The app on a data folder of its own, with `extra` in its environment. Its labs are removed by `close`, and by the next
 * run if this one is killed.
 */
export async function startDojo(extra: NodeJS.ProcessEnv = {}): Promise<Dojo> {
  await removeLeftovers()
  const home = mkdtempSync(join(tmpdir(), prefix))
  writeFileSync(join(home, 'e2e.pid'), String(process.pid))
  let app: { child: ChildProcess; url: string } | null = null
  const cli = (...args: string[]) => dojo(home, args)
  try {
    app = await serve(home, extra)
  } catch (error) {
    await removeAll(home)
    throw error
  }
  return {
    get url() {
      return app!.url
    },
    cli,
    async killAndRestart() {
      await end(app!.child, 'SIGKILL')
      app = await serve(home, extra)
      return app.url
    },
    async close() {
      try {
        if (app) await end(app.child, 'SIGTERM')
      } finally {
        await removeAll(home)
      }
    },
  }
}

const environment = (home: string): NodeJS.ProcessEnv => ({ ...process.env, DOJO_HOME: home })

async function dojo(home: string, args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(out, 'main', 'cli.js'), ...args], {
    env: environment(home),
    timeout: 120_000,
    maxBuffer: 64 * 2 ** 20,
  })
  return stdout
}

async function serve(home: string, extra: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'serve.mjs'), out], {
    env: { ...environment(home), ...extra },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (bytes: Buffer) => (said = (said + bytes.toString()).slice(-4_000)))
  const url = await new Promise<string>((done, fail) => {
    const lines = createInterface({ input: child.stdout })
    const late = setTimeout(() => fail(new Error(`the app printed no address in 30 s; it said: ${said}`)), 30_000)
    lines.on('line', (line) => {
      if (!line.startsWith('{')) return
      clearTimeout(late)
      done((JSON.parse(line) as { url: string }).url)
    })
    child.once('exit', (code) => {
      clearTimeout(late)
      fail(new Error(`the app ended with code ${code} before it printed an address; it said: ${said}`))
    })
  })
  return { child, url }
}

/** Sends a signal, waits, and kills what does not end. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  child.kill(signal)
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await gone
  clearTimeout(late)
}

async function removeAll(home: string): Promise<void> {
  await dojo(home, ['down', '--all'])
  rmSync(home, { recursive: true, force: true })
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A run that was killed could not remove its labs; whoever runs next does. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const home = join(tmpdir(), name)
    let pid = 0
    try {
      pid = Number(readFileSync(join(home, 'e2e.pid'), 'utf8'))
    } catch {
      continue // another run is just making it
    }
    if (!alive(pid)) await removeAll(home)
  }
}
