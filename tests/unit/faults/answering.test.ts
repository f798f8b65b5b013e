import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { createServer } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LabHost } from '../../../src-main/contract/lab.js'
import { answering } from '../../../src-main/faults/answering.js'
import { issue, makeAuthority, type KeyPair } from '../../../src-main/lab/pki.js'

const authority = makeAuthority()
let dir = ''
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dojo-answering-'))
  await writeFile(join(dir, 'ca.crt'), authority.cert)
})
afterAll(() => rm(dir, { recursive: true }))

async function etcdAt(server: Server): Promise<LabHost> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const tls = { ca: join(dir, 'ca.crt'), name: 'pg1' }
  return {
    name: 'pg1',
    address: '',
    services: ['etcd'],
    at: [0, 0],
    endpoints: { etcd: { host: '127.0.0.1', port, tls } },
  }
}
const serving = ({ cert, key }: KeyPair): Server => createServer({ cert, key }).on('tlsClientError', () => undefined)

test.each([
  ['a certificate of the lab', issue(authority, { name: 'pg1', reachedAt: ['pg1'] })],
  [
    'one that has expired',
    issue(authority, { name: 'pg1', reachedAt: ['pg1'], validity: { from: new Date(0), until: new Date(1000) } }),
  ],
])('a service with %s is there', async (_, pair) => {
  const server = serving(pair)
  expect(await answering(await etcdAt(server), { everything: true })).toEqual({ up: ['etcd'], silent: [] })
  server.close()
})

test('one that takes a connection and says nothing is not', { timeout: 10_000 }, async () => {
  const server = createTcpServer(() => undefined)
  expect(await answering(await etcdAt(server), { everything: true })).toEqual({ up: [], silent: ['etcd'] })
  server.close()
})
