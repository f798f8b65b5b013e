import { execFile, spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { WebSocketServer } from 'ws'
import type { ClientContext } from '../src-main/api/router.js'
import { serveSocket } from '../src-main/api/ws-host.js'
import { contract } from '../src-main/contract/rpc.js'
import type { Terminals } from '../src-main/terminal/index.js'
import { terminalHost } from '../tests/support/terminal-host.js'

const run = promisify(execFile)
const floodBytes = 50_000_000
const target = 0.5
const rounds = 3

/**
 * A flood through the terminal layer (source, window, WebSocket, a client in its own process that acknowledges) beside
 * the same bytes through plain `docker exec`, in one run. Both from a pseudo-terminal of the same container. Prints
 * throughputs, their ratio, and what the server's memory grew by; fails when a byte is missing or the ratio is missed.
 */
export async function benchTerminal() {
  const host = await terminalHost()
  const serving = await serveTerminals(host.terminals)
  try {
    const make = `base64 -w 127 /dev/urandom | head -c ${floodBytes} > /tmp/flood && sha256sum /tmp/flood`
    const { stdout } = await host.handle.exec('pg1', ['sh', '-c', make])
    const sha256 = stdout.split(' ')[0]!
    const through = async (slowMs: number): Promise<{ mbs: number; grownMib: number; messages: number }> => {
      const { id } = await host.terminals.open({ lab: host.lab, host: 'pg1', cols: 120, rows: 40 })
      const memory = watchMemory()
      const seen = await client(serving.address, id, slowMs)
      const grownMib = memory.stop()
      await host.terminals.close(id)
      if (seen.got !== floodBytes || seen.sha256 !== sha256) throw new Error(`lost: ${seen.got} of ${floodBytes} bytes`)
      return { mbs: floodBytes / 1e6 / seen.seconds, grownMib, messages: seen.messages }
    }
    const plain: number[] = []
    const ours: number[] = []
    let grownMib = 0
    for (let round = 0; round < rounds; round++) {
      plain.push(await plainExec(host.container))
      const { mbs, grownMib: grown } = await through(0)
      ours.push(mbs)
      grownMib = Math.max(grownMib, grown)
    }
    // a page that draws 64 KiB in 4 ms, as a busy browser does
    const slow = await through(4)
    const ratio = median(ours) / median(plain)
    return {
      name: 'terminal flood of 50 MB',
      plainMbs: median(plain),
      oursMbs: median(ours),
      ratio,
      target,
      grownMib: Math.max(grownMib, slow.grownMib),
      slowMbs: slow.mbs,
      intact: true,
      passed: ratio >= target,
    }
  } finally {
    serving.server.close()
    await host[Symbol.asyncDispose]()
  }
}

async function serveTerminals(terminals: Terminals): Promise<{ server: Server; address: string }> {
  const os = implement(contract).$context<ClientContext>()
  const ok = { ok: true } as const
  const router = {
    terminals: {
      watch: os.terminals.watch.handler(async function* ({ input: { id, from }, context, signal }) {
        yield* terminals.watch(id, from, signal!, context.client)
      }),
      ack: os.terminals.ack.handler(({ input: { id, upTo }, context }) => {
        terminals.ack(id, upTo, context.client)
        return ok
      }),
      write: os.terminals.write.handler(({ input: { id, data } }) => {
        terminals.write(id, data)
        return ok
      }),
    },
  }
  const server = createServer()
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  sockets.on('connection', (socket) => serveSocket(socket, new RPCHandler<ClientContext>(router)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, address: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function client(address: string, id: string, slowMs: number) {
  const file = join(import.meta.dirname, 'terminal-client.mjs')
  const { stdout } = await run(process.execPath, [file, address, id, String(floodBytes), String(slowMs)])
  return JSON.parse(stdout) as { got: number; seconds: number; messages: number; sha256: string }
}

/** MB/s of the same bytes through the engine's own client, to nowhere. */
async function plainExec(container: string): Promise<number> {
  const startedAt = performance.now()
  const child = spawn('docker', ['exec', '-t', container, 'sh', '-c', 'stty -opost; cat /tmp/flood'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const code = await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject))
  if (code !== 0) throw new Error(`docker exec ended with ${String(code)}`)
  return floodBytes / 1e6 / ((performance.now() - startedAt) / 1000)
}

function watchMemory(): { stop(): number } {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let most = before
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20)
  return {
    stop() {
      clearInterval(timer)
      return (most - before) / 1024 / 1024
    },
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
