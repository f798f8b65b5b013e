import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { ClientLink } from '@orpc/client'

type Link = ClientLink<Record<never, never>>

/** One living connection to src-main. `closed` resolves when it is gone, whoever ended it. */
export interface Transport {
  link: Link
  closed: Promise<void>
  close(): void
}

/** Why there is no connection: `refused` will not get better by trying again. */
export class NoTransport extends Error {
  constructor(readonly reason: 'refused' | 'offline') {
    super(`no connection: ${reason}`)
  }
}

export const wirePort = { please: 'dojo:port-please', here: 'dojo:port' } as const
export const wireProtocol = { version: 'dojo.v1', tokenPrefix: 'dojo.token.' } as const

/** Over a WebSocket to the host that served this page. Rejects with NoTransport. */
export async function openSocket(token: string, at: Location = location): Promise<Transport> {
  const url = `${at.protocol === 'https:' ? 'wss' : 'ws'}://${at.host}/rpc`
  // the token travels as a subprotocol: a browser can set no header on a WebSocket, and URLs end up in logs
  const socket = new WebSocket(url, [wireProtocol.version, wireProtocol.tokenPrefix + token])
  const opened = await new Promise<boolean>((resolve) => {
    socket.addEventListener('open', () => resolve(true), { once: true })
    socket.addEventListener('close', () => resolve(false), { once: true })
  })
  if (!opened) throw new NoTransport((await hostAnswers(at)) ? 'refused' : 'offline')
  const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve(), { once: true }))
  return { link: new SocketLink({ websocket: socket }) as Link, closed, close: () => socket.close() }
}

/** A browser hides why a WebSocket was refused; a host that answers plain HTTP refused the token. */
async function hostAnswers(at: Location): Promise<boolean> {
  try {
    return (await fetch(`${at.origin}/health`, { cache: 'no-store', signal: AbortSignal.timeout(3_000) })).ok
  } catch {
    return false
  }
}

/** Over a MessagePort that Electron's main process hands to this window through the preload. Rejects with NoTransport. */
export async function openPort(target: Window = window): Promise<Transport> {
  const port = await new Promise<MessagePort>((resolve, reject) => {
    const onMessage = (event: MessageEvent): void => {
      if (event.source !== target || event.data !== wirePort.here || !event.ports[0]) return
      stop()
      resolve(event.ports[0])
    }
    const late = setTimeout(() => {
      stop()
      reject(new NoTransport('offline'))
    }, 5_000)
    const stop = (): void => {
      clearTimeout(late)
      target.removeEventListener('message', onMessage)
    }
    target.addEventListener('message', onMessage)
    target.postMessage(wirePort.please, target.location.origin)
  })
  const closed = new Promise<void>((resolve) => port.addEventListener('close', () => resolve(), { once: true }))
  const link = new PortLink({ port }) as Link
  port.start()
  return { link, closed, close: () => port.close() }
}
