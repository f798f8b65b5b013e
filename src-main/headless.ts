import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { join } from 'node:path'
import { WebSocketServer } from 'ws'
import { allowedHosts, isHere, newToken, refusal, wireProtocol } from './api/guard.js'
import { openHost, type Host } from './api/host.js'
import { pageFolder, readPageFile } from './api/page-files.js'
import { maxMessageBytes, tolerate } from './api/ws-host.js'
import { DojoError } from './contract/errors.js'
import { endOnSignal } from './util/end-on-signal.js'
import { dojoHome } from './util/home.js'
import { keepSecret, logFor, logTo } from './util/log.js'

const log = logFor('serve')

export interface ServeOptions {
  /** Address to listen on. Default 127.0.0.1: nobody else on the network. */
  host?: string
  /** Default 0: any free port. */
  port?: number
  /** Folder of the built page; given by tests. */
  page?: string
  /** Serves the clients; given by tests. */
  backend?: Pick<Host, 'attachSocket' | 'close'>
}

export interface Serving {
  /** With the token in its fragment, which no server and no proxy ever sees. */
  url: string
  close(): Promise<void>
}

/**
 * The browser host: the page, and its WebSocket at /rpc. Ends in order on SIGINT and SIGTERM; labs stay running.
 * @throws DojoError port-taken
 */
export async function serve(options: ServeOptions = {}): Promise<Serving> {
  const { host = '127.0.0.1', port = 0, page = pageFolder() } = options
  if (!options.backend) logTo(join(dojoHome(), 'logs', 'serve.log'))
  const token = newToken()
  keepSecret(token)
  const backend = options.backend ?? (await openHost({ kind: 'serve' }))
  let hosts: ReadonlySet<string> = new Set()
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    handleProtocols: () => wireProtocol.version, // the token is never echoed
  })
  const server = createServer((request, response) => {
    void answer(request, response, { hosts, page })
  })
  server.on('upgrade', (request, socket, head) => {
    const refused =
      pathOf(request) === '/rpc' ? refusal(request, { hosts, token }) : ({ status: 404, why: 'not here' } as const)
    if (refused) return refuse(socket, request, refused)
    sockets.handleUpgrade(request, socket, head, (client) => {
      tolerate(client)
      backend.attachSocket(client, !isHere(request.socket.remoteAddress, request.socket.localAddress))
    })
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  const listening = await listen(server, host, port).catch(async (error: unknown) => {
    await backend.close()
    throw error
  })
  hosts = allowedHosts(host, listening)
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  log.info({ host, port: listening }, 'serving')
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const client of sockets.clients) client.close(1001, 'the app ends')
    await backend.close()
    for (const client of sockets.clients) client.terminate()
    server.closeAllConnections()
    await closed
    log.info('ended')
  }
  const closeOnce = (): Promise<void> => (closing ??= close())
  if (!options.backend) endOnSignal(closeOnce)
  return { url: `http://${name}:${listening}/#token=${token}`, close: closeOnce }
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0]!

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { hosts, page }: { hosts: ReadonlySet<string>; page: string },
): Promise<void> {
  const refused = refusal(request, { hosts })
  const say = (status: number, text: string): void =>
    void response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
  if (refused) return say(refused.status, refused.why)
  if (request.method !== 'GET' && request.method !== 'HEAD') return say(405, 'GET only')
  // tells a page whose WebSocket was refused that the app itself is up
  if (pathOf(request) === '/health') return say(200, 'up')
  const { status, headers, body } = await readPageFile(pathOf(request), page)
  response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body)
}

/** Refuses a WebSocket before it is one. */
function refuse(socket: Duplex, request: IncomingMessage, { status, why }: { status: number; why: string }): void {
  log.warn({ status, why, origin: request.headers.origin, host: request.headers.host }, 'connection refused')
  const words = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' }[status] ?? 'Refused'
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status} ${words}\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n${why}\n`)
}

function listen(server: ReturnType<typeof createServer>, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE' || error.code === 'EACCES' ? portTaken(host, port, error) : cannot(host, error),
      )
    })
    server.listen(port, host, () => resolve((server.address() as { port: number }).port))
  })
}

const portTaken = (host: string, port: number, error: Error): DojoError =>
  new DojoError(
    'port-taken',
    {
      what: `Port ${port} on ${host} can't be used`,
      why:
        (error as NodeJS.ErrnoException).code === 'EACCES'
          ? 'this user may not use it'
          : 'another program listens on it',
      next: 'Choose another with `dojo serve --port`, or leave --port out for any free one',
    },
    { cause: error },
  )

const cannot = (host: string, error: Error): DojoError =>
  new DojoError(
    'usage',
    {
      what: `Can't listen on ${host}`,
      why: error.message,
      next: 'Use an address of this machine, for example 127.0.0.1',
    },
    { cause: error },
  )
