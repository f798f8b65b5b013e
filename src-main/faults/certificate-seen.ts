import { connect } from 'node:net'
import { connect as greet } from 'node:tls'
import { whyOf } from '../cluster/reading.js'
import type { Endpoint } from '../contract/lab.js'
import { tlsOf } from '../util/tls.js'

const withinMs = 2_000

/** What a client that verifies makes of a server: trusted until a day, or why not, in OpenSSL's code where it has one. */
export type CertificateSeen = { trusted: true; until: string } | { trusted: false; code: string; why: string }

/** PostgreSQL speaks no TLS before a client has asked whether it may. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/** Greets an endpoint that speaks TLS, as any client does that knows the lab's authority. Never rejects. */
export function certificateSeen(endpoint: Endpoint, { asksFirst }: { asksFirst: boolean }): Promise<CertificateSeen> {
  const tls = tlsOf(endpoint)
  if (!tls) return Promise.resolve({ trusted: false, code: '', why: 'it speaks no TLS' })
  return new Promise((resolve) => {
    const socket = connect({ host: endpoint.host, port: endpoint.port })
    const settle = (seen: CertificateSeen): void => {
      resolve(seen)
      socket.destroy()
    }
    const failed = (error: NodeJS.ErrnoException): void =>
      settle({ trusted: false, code: error.code ?? '', why: whyOf(error) })
    const begin = (): void => {
      const secure = greet({ socket, ...tls })
      secure.on('error', failed)
      secure.once('secureConnect', () => settle({ trusted: true, until: secure.getPeerCertificate().valid_to }))
    }
    socket.on('error', failed).once('close', () => settle({ trusted: false, code: '', why: 'connection closed' }))
    socket.setTimeout(withinMs, () => settle({ trusted: false, code: '', why: 'no answer in time' }))
    if (!asksFirst) return begin()
    socket.write(sslRequest)
    socket.once('data', (answer) =>
      answer.toString() === 'S' ? begin() : settle({ trusted: false, code: '', why: 'it refuses to speak TLS' }),
    )
  })
}
