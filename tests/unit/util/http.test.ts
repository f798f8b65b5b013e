import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { issue, makeAuthority } from '../../../src-main/lab/pki.js'
import { askHttp } from '../../../src-main/util/http.js'

const authority = makeAuthority()
let dir = ''
const servers: Server[] = []
const file = (name: string): string => join(dir, name)
const started = async (server: Server): Promise<number> => {
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}
let port = 0
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dojo-http-'))
  const client = issue(authority, { name: 'client', reachedAt: [] })
  await Promise.all([
    writeFile(file('ca.crt'), authority.cert),
    writeFile(file('other.crt'), makeAuthority().cert),
    writeFile(file('client.crt'), client.cert),
    writeFile(file('client.key'), client.key),
  ])
  const own = issue(authority, { name: 'pg1', reachedAt: ['pg1'] })
  const asking = { ...own, ca: authority.cert, requestCert: true, rejectUnauthorized: true }
  const server = createServer(asking, (request, response) => {
    if (request.url === '/silent') return
    response.writeHead(503)
    response.end(`${request.method} ${request.url}`)
  })
  port = await started(server.on('tlsClientError', () => undefined))
})
afterAll(async () => {
  for (const server of servers) server.close()
  await rm(dir, { recursive: true })
})

const endpoint = (tls: { ca?: string; name?: string; cert?: string } = {}) => ({
  host: '127.0.0.1',
  port,
  tls: { ca: file('ca.crt'), name: 'pg1', cert: file('client.crt'), key: file('client.key'), ...tls },
})
const question = (withinMs = 3_000) => ({ signal: AbortSignal.timeout(withinMs) })

test('an answer over TLS is whole, whatever its status', async () => {
  const asked = { ...question(), method: 'PATCH', body: '{}' }
  expect(await askHttp(endpoint(), '/config', asked)).toEqual({ status: 503, text: 'PATCH /config' })
})

test('one without TLS is asked without', async () => {
  const plain = await started(createPlainServer((request, response) => void response.end(request.url)))
  expect(await askHttp({ host: '127.0.0.1', port: plain }, '/health', question())).toEqual({
    status: 200,
    text: '/health',
  })
})

test('a server of another authority, or of another name, is not believed', async () => {
  await expect(askHttp(endpoint({ ca: file('other.crt') }), '/', question())).rejects.toThrow(/certificate/)
  await expect(askHttp(endpoint({ name: 'pg2' }), '/', question())).rejects.toThrow(/altnames/)
})

test('a limit ends a question that nobody answers, with its own reason', async () => {
  await expect(askHttp(endpoint(), '/silent', question(200))).rejects.toMatchObject({ name: 'TimeoutError' })
})
