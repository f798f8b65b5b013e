import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { WebSocketServer, type WebSocket } from 'ws'
import { lockLab } from '../lab/lock.js'
import { wireProtocol } from './guard.js'
import { localAddress, ownerPath } from './local-address.js'
import { maxMessageBytes, tolerate } from './ws-host.js'

/** This process owns the labs of this DOJO_HOME until `release`. */
export interface Ownership {
  address: string
  release(): Promise<void>
}

/**
 * Makes this process the one that owns the labs here, or returns null when another one does. Connections of other
 * processes go to `serve`. One owner per DOJO_HOME: ledgers, recorders and attempts have one writer.
 */
export async function takeOwnership(
  serve: (socket: WebSocket, elsewhere: boolean) => void,
  address: string = localAddress(),
): Promise<Ownership | null> {
  if (await answers(address)) return null
  // a pipe has one server; a socket's file can be a dead owner's, and only one of those who find it may replace it
  if (process.platform === 'win32') return await listen(address, serve)
  const lock = await lockLab(dirname(address), 'host', 'taken over').catch(() => null)
  if (!lock) return null
  try {
    if (await answers(address)) return null
    rmSync(address, { force: true })
    return await listen(address, serve)
  } finally {
    await lock.release()
  }
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address)
    const done = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
  })
}

function listen(address: string, serve: (socket: WebSocket, elsewhere: boolean) => void): Promise<Ownership | null> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(wireProtocol.version) ? wireProtocol.version : false),
  })
  const server = createServer((_request, response) => response.writeHead(404).end())
  server.on('upgrade', (request, socket, head) => {
    // no page can reach a unix socket; if one ever finds a way, it brings its origin
    if (request.headers.origin !== undefined) return socket.destroy()
    sockets.handleUpgrade(request, socket, head, (client) => {
      tolerate(client)
      serve(client, request.url === ownerPath.elsewhere)
    })
  })
  const release = (): Promise<void> =>
    new Promise((resolve) => {
      for (const client of sockets.clients) client.terminate()
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    )
    server.listen(address, () => resolve({ address, release }))
  })
}
