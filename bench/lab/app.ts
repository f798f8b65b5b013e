import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { clientOver, connectOwner, type DojoClient } from '../../src-main/api/local-client.js'
import { localAddress } from '../../src-main/api/local-address.js'
import { appRoot } from '../../src-main/util/app-root.js'

/** `dojo serve` in a process of its own, as a person runs it: what it costs and how quick it is are its own. */
export interface ServedApp {
  /** With the token that opens the page. */
  url: string
  pid: number
  /** Over the socket of its data folder. */
  connect(): Promise<{ client: DojoClient; close: () => void }>
  close(): Promise<void>
}

const startWithinMs = 30_000

/** The built app on a data folder. Labs that run there are watched from its start on. */
export async function serveApp(homeDir: string): Promise<ServedApp> {
  const cli = join(appRoot(), process.env['DOJO_OUT'] ?? 'out', 'main', 'cli.js')
  const child = spawn(process.execPath, [cli, 'serve', '--json'], {
    env: { ...process.env, DOJO_HOME: homeDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await addressOf(child)
  return {
    url,
    pid: child.pid!,
    async connect() {
      const socket = await connectOwner(localAddress(homeDir))
      if (!socket) throw new Error('the app does not listen on its socket')
      return { client: clientOver(socket), close: () => socket.terminate() }
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
    },
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  let said = ''
  return await new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      child.kill('SIGKILL')
      reject(new Error(`dojo serve ${why}`))
    }
    const late = setTimeout(() => fail(`printed no address in ${startWithinMs / 1000} s`), startWithinMs)
    child.once('error', reject)
    child.once('exit', (code) => fail(`ended with ${code}`))
    child.stdout!.on('data', (bytes: Buffer) => {
      said += bytes.toString()
      const url = /"url":\s*"([^"]+)"/.exec(said)?.[1]
      if (url === undefined) return
      clearTimeout(late)
      child.removeAllListeners('exit')
      resolve(url)
    })
  })
}
