import { connect } from 'node:net'
import { connect as greet } from 'node:tls'
import type { Endpoint, EndpointKey, LabHost } from '../contract/lab.js'
import { tlsOf } from '../util/tls.js'
import type { Answering } from './fault.js'

const withinMs = 1_000

/**
 * A published port accepts connections even when nobody serves behind it, so only an answer in the service's own protocol
 * counts. PostgreSQL and PgBouncer answer an SSLRequest with one byte, also while they start or refuse.
 */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const http = (path: string): Buffer => Buffer.from(`GET ${path} HTTP/1.0\r\nHost: dojo\r\n\r\n`)

const questions: Partial<Record<EndpointKey, Buffer>> = {
  etcd: http('/version'),
  patroni: http('/liveness'),
  postgres: sslRequest,
  pgbouncer: sslRequest,
  proxyStats: http('/;csv'),
}

/** What belongs to a supervised service; PostgreSQL is Patroni's affair, and may rightly be down. */
const supervised: readonly EndpointKey[] = ['etcd', 'patroni', 'pgbouncer', 'proxyStats']

/** Asks all ports of a host at once. `everything`: PostgreSQL too, for the proof that nothing at all answers. */
export async function answering({ endpoints }: LabHost, { everything }: { everything: boolean }): Promise<Answering> {
  const keys = (Object.keys(endpoints) as EndpointKey[]).filter(
    (key) => questions[key] && (everything || supervised.includes(key)),
  )
  const said = await Promise.all(keys.map((key) => answers(endpoints[key]!, questions[key]!)))
  return { up: keys.filter((_, n) => said[n]), silent: keys.filter((_, n) => !said[n]) }
}

/** Whether any byte comes back. TLS is greeted first: its answer counts, whatever the certificate in it is worth. */
function answers(endpoint: Endpoint, question: Buffer): Promise<boolean> {
  const { host, port } = endpoint
  const tls = question === sslRequest ? undefined : tlsOf(endpoint)
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const settle = (): void => {
      resolve(socket.bytesRead > 0)
      socket.destroy()
    }
    socket.setTimeout(withinMs, settle)
    if (tls)
      greet({ socket, ...tls })
        .once('secureConnect', settle)
        .on('error', settle)
    else socket.once('connect', () => socket.write(question)).once('data', settle)
    socket.on('error', settle)
    socket.once('close', settle)
  })
}
