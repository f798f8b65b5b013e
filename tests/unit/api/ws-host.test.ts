import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:net'
import { createORPCClient, ORPCError } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { os } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { relay, sendPaced, serveSocket } from '../../../src-main/api/ws-host.js'
import { latest } from '../../../src-main/api/pace.js'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

async function listen(onSocket: (socket: WebSocket) => void): Promise<number> {
  const server: Server = createServer()
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  sockets.on('connection', onSocket)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    for (const client of sockets.clients) client.terminate()
    return new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

interface Open {
  socket: WebSocket
  raw: Socket
}
async function open(port: number): Promise<Open> {
  let raw!: Socket
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, {
    createConnection: () => (raw = connect(port, '127.0.0.1')),
    perMessageDeflate: false,
  })
  cleanups.push(() => socket.terminate())
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return { socket, raw }
}

const big = 'x'.repeat(64 * 1024)

/** A stream that makes a new value whenever the last one was taken, and counts them. */
function counting() {
  const made = { values: 0, ended: 0 }
  const router = {
    flood: os.handler(({ signal }) =>
      latest<string>((gives) => {
        const timer = setInterval(() => {
          made.values++
          gives.put(`${made.values} ${big}`)
        }, 1)
        return () => {
          clearInterval(timer)
          made.ended++
        }
      }, signal),
    ),
    ping: os.handler(() => 'pong'),
  }
  return { made, handler: new RPCHandler(router) as unknown as RPCHandler<{ client: string }> }
}
type Client = {
  flood(input?: unknown, options?: { signal: AbortSignal }): Promise<AsyncIterable<string>>
  ping(): Promise<string>
}
const clientOver = (socket: WebSocket): Client =>
  createORPCClient(new RPCLink({ websocket: socket as never })) as Client

test('a client that does not read holds back its own stream, and nothing piles up', async () => {
  const { made, handler } = counting()
  const served: WebSocket[] = []
  const port = await listen((socket) => {
    served.push(socket)
    serveSocket(socket, handler)
  })
  const slow = await open(port)
  const stop = new AbortController()
  const stream = await clientOver(slow.socket).flood(undefined, { signal: stop.signal })
  const values = stream[Symbol.asyncIterator]()
  await values.next()
  slow.raw.pause()
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(made.values).toBeGreaterThan(50)
  // what left for this client: a few megabytes in kernel buffers at most, and less than a megabyte here
  expect(served[0]!.bufferedAmount).toBeLessThan(1024 * 1024)

  const other = await open(port)
  expect(await clientOver(other.socket).ping()).toBe('pong')

  slow.raw.resume()
  let last = 0
  const wanted = made.values
  while (last < wanted) last = Number(((await values.next()).value as string).split(' ')[0])
  expect(last).toBeGreaterThanOrEqual(wanted)
  stop.abort()
}, 20_000)

test("a client that goes away ends its streams' sources", async () => {
  const { made, handler } = counting()
  const port = await listen((socket) => serveSocket(socket, handler))
  const { socket } = await open(port)
  const stream = await clientOver(socket).flood()
  await stream[Symbol.asyncIterator]().next()
  socket.terminate()
  await expect.poll(() => made.ended).toBe(1)
})

test('sending to a socket that is closed resolves at once', async () => {
  const { handler } = counting()
  const port = await listen((socket) => serveSocket(socket, handler))
  const { socket } = await open(port)
  socket.terminate()
  await expect(sendPaced(socket, 'x')).resolves.toBeUndefined()
})

test('a relay passes calls, streams and errors on, and ends with either side', async () => {
  const { handler, made } = counting()
  const owner = await listen((socket) => serveSocket(socket, handler))
  const front = await listen((socket) => {
    socket.pause()
    void open(owner).then(({ socket: up }) => {
      relay(socket, up)
      socket.resume()
    })
  })
  const { socket } = await open(front)
  const client = clientOver(socket)
  expect(await client.ping()).toBe('pong')
  const stream = await client.flood()
  expect((await stream[Symbol.asyncIterator]().next()).value).toMatch(/^\d+ x/)
  await expect((client as unknown as { nothing(): Promise<void> }).nothing()).rejects.toBeInstanceOf(ORPCError)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.close()
  await closed
  await expect.poll(() => made.ended).toBe(1)
})
