import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { RPCHandler as PortHandler } from '@orpc/server/message-port'
import { RPCHandler as SocketHandler } from '@orpc/server/ws'
import type { SupportedMessagePort } from '@orpc/client/message-port'
import type { WebSocket } from 'ws'
import { writeJsonAtomic } from '../util/atomic-file.js'
import { dojoHome } from '../util/home.js'
import { logFor } from '../util/log.js'
import { createApp, type App, type AppOptions } from './app.js'
import { localAddress } from './local-address.js'
import { connectOwner } from './local-client.js'
import { takeOwnership, type Ownership } from './local-host.js'
import type { ClientContext } from './router.js'
import { newClientName, relay, serveSocket, textOf } from './ws-host.js'

const log = logFor('host')

/**
 * A process that serves clients: the window, the browser host, the keeper. One of them owns the labs of a DOJO_HOME;
 * the others pass their clients' messages on to it, and take over when it is gone.
 */
export interface Host {
  /** Serves one WebSocket until it closes. `elsewhere`: its client is on another machine. */
  attachSocket(socket: WebSocket, elsewhere?: boolean): void
  /** Serves the MessagePort of a window. */
  attachPort(port: MessagePortLike): void
  owns(): boolean
  /** Clients, attempts and boots that this process still works for. */
  busy(): boolean
  /** Ends what this process does; labs stay running. */
  close(): Promise<void>
}

/** What Electron's MessagePortMain can do. */
export type MessagePortLike = SupportedMessagePort & {
  close(): void
  start(): void
  on(event: 'message' | 'close', listener: (event?: { data: unknown }) => void): unknown
  postMessage(data: unknown): void
}

interface Owned {
  app: App
  sockets: SocketHandler<ClientContext>
  ports: PortHandler<ClientContext>
  ownership: Ownership
}

const ownerFile = (): string => join(dojoHome(), 'run', 'owner.json')

export async function openHost(options: AppOptions): Promise<Host> {
  let owned: Owned | null = null
  let closing = false
  const clients = new Set<unknown>()
  const count = (client: { on(event: 'close', listener: () => void): unknown }): void => {
    clients.add(client)
    client.on('close', () => clients.delete(client))
  }

  const own = async (): Promise<Owned | null> => {
    const app = createApp(options)
    const sockets = new SocketHandler(app.router)
    const ownership = await takeOwnership((socket, elsewhere) => {
      count(socket)
      serveSocket(socket, sockets, elsewhere)
    })
    if (!ownership) return null
    log.info({ address: ownership.address, kind: options.kind }, 'this process owns the labs')
    // for people who look for it; nothing depends on this file
    const who = { pid: process.pid, kind: options.kind, since: new Date().toISOString() }
    await writeJsonAtomic(ownerFile(), who).catch((err: unknown) => log.warn({ err }, 'owner.json not written'))
    void app.recover()
    return (owned = { app, sockets, ports: new PortHandler(app.router), ownership })
  }
  let trying: Promise<Owned | null> | null = null
  const tryOwn = async (): Promise<Owned | null> => {
    if (owned || closing) return owned
    return await (trying ??= own().finally(() => (trying = null)))
  }
  await tryOwn()

  /** Serves here if we own or can own, otherwise hands over a connection to the owner. */
  const place = async (elsewhere = false): Promise<Owned | WebSocket> => {
    for (let attempt = 0; attempt < 20; attempt++) {
      const here = owned ?? (await tryOwn())
      if (here) return here
      const owner = await connectOwner(localAddress(), elsewhere)
      if (owner) return owner
      await new Promise((resolve) => setTimeout(resolve, 100)) // it is just ending, or just beginning
    }
    throw new Error('nobody owns the labs and nobody can')
  }

  return {
    attachSocket(socket, elsewhere = false) {
      count(socket)
      socket.pause() // what comes before somebody listens would be lost
      place(elsewhere).then(
        (found) => {
          if ('app' in found) serveSocket(socket, found.sockets, elsewhere)
          else relay(socket, found)
          socket.resume()
        },
        (err: unknown) => {
          log.error({ err }, 'a client could not be served')
          socket.close(1013, 'try again')
        },
      )
    },
    attachPort(port) {
      count(port)
      place().then(
        (found) => {
          if ('app' in found) found.ports.upgrade(port, { context: { client: newClientName(), elsewhere: false } })
          else relayPort(port, found)
          port.start()
        },
        (err: unknown) => {
          log.error({ err }, 'the window could not be served')
          port.close()
        },
      )
    },
    owns: () => owned !== null,
    busy: () => clients.size > 0 || (owned?.app.busy() ?? false),
    async close() {
      closing = true
      for (const client of clients) (client as { close(): void }).close()
      if (owned) await rm(ownerFile(), { force: true })
      await owned?.ownership.release()
      await owned?.app.close()
      owned = null
    },
  }
}

/** Messages of a window's port on their way to the owner, and back. Both ends speak the same text messages. */
function relayPort(port: MessagePortLike, owner: WebSocket): void {
  owner.on('message', (data, isBinary) => port.postMessage(isBinary ? data : textOf(data)))
  owner.on('close', () => port.close())
  port.on('message', (event) => owner.send(event?.data as string))
  port.on('close', () => owner.close())
}
