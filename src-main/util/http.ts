import { request } from 'node:https'
import type { Endpoint } from '../contract/lab.js'
import { tlsOf, type TlsClient } from './tls.js'

export interface HttpQuestion {
  method?: string
  headers?: Record<string, string>
  body?: string
  signal: AbortSignal
}

export interface HttpAnswer {
  status: number
  text: string
}

/** One question to an endpoint, over TLS where it speaks that, and its whole answer. Rejects as `fetch` does. */
export async function askHttp(endpoint: Endpoint, path: string, question: HttpQuestion): Promise<HttpAnswer> {
  const tls = tlsOf(endpoint)
  if (tls) return askHttps(endpoint, tls, path, question)
  const response = await fetch(`http://${endpoint.host}:${endpoint.port}${path}`, question)
  return { status: response.status, text: await response.text() }
}

/** Not by `fetch`, which can be told neither an authority nor a name. */
function askHttps(
  { host, port }: Endpoint,
  tls: TlsClient,
  path: string,
  { body, signal, ...asked }: HttpQuestion,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => reject(signal.aborted ? (signal.reason as Error) : error)
    // no connection is kept: the server may be another one, with another certificate, next time
    const sent = request({ host, port, path, signal, agent: false, ...tls, ...asked }, (response) => {
      const chunks: Buffer[] = []
      response
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
        .on('error', failed)
    })
    sent.on('error', failed)
    sent.end(body)
  })
}
