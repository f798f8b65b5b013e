import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { clientOver, type DojoClient } from '../../src-main/api/local-client.js'
import { testHome, type TestHome } from './lab.js'

const root = resolve(import.meta.dirname, '..', '..')
/** DOJO_OUT names another build than out/. */
export const builtCli = resolve(root, process.env['DOJO_OUT'] ?? 'out', 'main', 'cli.js')

export interface Ran {
  code: number
  out: string
  err: string
}

export interface DojoHome extends AsyncDisposable {
  id: string
  dir: string
  /** Runs a command of the built command line and waits for its end. */
  run(...args: string[]): Promise<Ran>
  /** The same, with `--json`: the object that it printed. */
  json<T = Record<string, unknown>>(...args: string[]): Promise<T & { exit: number }>
  start(...args: string[]): ChildProcess
  /** `dojo serve`, until it answers. */
  serve(): Promise<Served>
}

export interface Served {
  child: ChildProcess
  url: URL
  /** Opens a connection as the page would; closed with the home. */
  connect(): Promise<{ socket: WebSocket; client: DojoClient }>
  /** Sends a signal and waits for the end; its exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

/** A data folder of its own for the built app; its labs, processes and files go with it, whatever happens. */
export async function dojoHome(): Promise<DojoHome> {
  if (!existsSync(builtCli)) throw new Error(`${builtCli} is not there: run \`npm run build\` first`)
  const owner: TestHome = await testHome()
  const { dir, id } = owner.home
  const env = { ...process.env, DOJO_HOME: dir }
  const children: ChildProcess[] = []
  const sockets: WebSocket[] = []

  const run = (...args: string[]): Promise<Ran> =>
    new Promise((done) => {
      const options = { env, timeout: 170_000, maxBuffer: 64 * 2 ** 20 }
      const child = execFile(process.execPath, [builtCli, ...args], options, (error, out, err) => {
        done({ code: error ? (child.exitCode ?? -1) : 0, out, err })
      })
      child.stdin?.end()
    })
  const start = (...args: string[]): ChildProcess => {
    const child = spawn(process.execPath, [builtCli, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    return child
  }
  return {
    dir,
    id,
    run,
    start,
    async json<T>(...args: string[]) {
      const cut = args.indexOf('--') === -1 ? args.length : args.indexOf('--')
      const { code, out, err } = await run(...args.slice(0, cut), '--json', ...args.slice(cut))
      try {
        return { ...(JSON.parse(out) as T), exit: code }
      } catch (cause) {
        throw new Error(`\`dojo ${args.join(' ')} --json\` printed no object: ${out}${err}`, { cause })
      }
    },
    async serve() {
      const child = start('serve', '--json')
      let text = ''
      for await (const line of createInterface({ input: child.stdout! })) {
        text += line
        if (line === '}') break
      }
      const url = new URL((JSON.parse(text) as { url: string }).url)
      return {
        child,
        url,
        async connect() {
          const token = new URLSearchParams(url.hash.slice(1)).get('token')!
          const offered = ['dojo.v1', `dojo.token.${token}`]
          const socket = new WebSocket(`${url.origin.replace('http', 'ws')}/rpc`, offered, { origin: url.origin })
          sockets.push(socket)
          await new Promise((opened, failed) => socket.once('open', opened).once('error', failed))
          return { socket, client: clientOver(socket) }
        },
        end: (signal) =>
          new Promise((ended) => {
            if (child.exitCode !== null) return ended(child.exitCode)
            child.once('exit', ended)
            child.kill(signal)
          }),
      }
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.terminate()
      // a keeper is nobody's child; it ends with its attempts, and its own command line ends those
      const labs = await run('ls', '--json')
      if (labs.code === 0 && (JSON.parse(labs.out) as { labs: unknown[] }).labs.length > 0) await run('down', '--all')
      for (const child of children) if (child.exitCode === null) child.kill('SIGKILL')
      await owner[Symbol.asyncDispose]()
    },
  }
}
