import { randomBytes } from 'node:crypto'
import type { RPCHandler } from '@orpc/server/ws'
import type { RawData, WebSocket } from 'ws'
import type { ClientContext } from './router.js'

/** What a client may send in one message: the largest is a paste into a terminal. */
export const maxMessageBytes = 1024 * 1024
/** What may wait in a socket for a client that reads slowly, before its streams are held back. */
const highWaterBytes = 512 * 1024
const pingEveryMs = 15_000

/**
 * Serves one WebSocket. A stream's next value is asked for when the last one has left, so a slow client holds back its
 * own streams and nobody else's, and never makes a queue grow.
 */
export function serveSocket(socket: WebSocket, handler: RPCHandler<ClientContext>, elsewhere = false): void {
  keepAlive(socket)
  const paced = {
    addEventListener: socket.addEventListener.bind(socket),
    send: (data: Parameters<WebSocket['send']>[0]) => sendPaced(socket, data),
  }
  void handler.upgrade(paced as unknown as WebSocket, { context: { client: newClientName(), elsewhere } })
}

/** A name for one connection, for as long as it lasts. */
export const newClientName = (): string => `c-${randomBytes(6).toString('hex')}`

/** Resolves when the client may be given more. A client that is gone takes everything: its streams end by themselves. */
export function sendPaced(socket: WebSocket, data: Parameters<WebSocket['send']>[0] | RawData): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve()
    socket.send(data as Parameters<WebSocket['send']>[0], () => resolve())
    if (socket.bufferedAmount < highWaterBytes) resolve()
  })
}

/** An error of a connection ends it, with a close code where it can; without a listener it would end the process. */
export const tolerate = (socket: WebSocket): void => void socket.on('error', () => undefined)

/** Ends a connection whose other end is gone without a word (a laptop that sleeps, a cable pulled). */
export function keepAlive(socket: WebSocket): void {
  let heard = true
  socket.on('pong', () => (heard = true))
  const timer = setInterval(() => {
    if (!heard) return socket.terminate()
    heard = false
    if (socket.readyState === socket.OPEN) socket.ping()
  }, pingEveryMs)
  timer.unref()
  socket.on('close', () => clearInterval(timer))
}

/** Passes messages between a client here and the process that owns the labs, both ways, at the pace of the slower. */
export function relay(client: WebSocket, owner: WebSocket): void {
  const pass = (from: WebSocket, to: WebSocket): void => {
    from.on('message', (data, isBinary) => {
      const message = isBinary ? data : textOf(data)
      void sendPaced(to, message).then(() => from.resume())
      if (to.bufferedAmount >= highWaterBytes) from.pause()
    })
    from.on('close', () => to.close())
  }
  keepAlive(client)
  tolerate(owner)
  pass(client, owner)
  pass(owner, client)
}

/** The text of a message, however the socket holds it. */
export function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString()
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString()
}
