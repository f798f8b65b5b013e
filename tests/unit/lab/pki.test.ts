import { X509Certificate } from 'node:crypto'
import { connect, createServer, type TLSSocket } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { oid, positive, time } from '../../../src-main/lab/der.js'
import { issue, makeAuthority, makePki } from '../../../src-main/lab/pki.js'

test('numbers, names and times are written as the standard has them', () => {
  expect(oid('1.2.840.10045.4.3.2').toString('hex')).toBe('06082a8648ce3d040302')
  expect(oid('2.5.29.19').toString('hex')).toBe('0603551d13')
  expect(positive(Buffer.of(0x80)).toString('hex')).toBe('02020080')
  expect(time(new Date('2049-12-31T23:59:59Z')).toString('latin1')).toContain('491231235959Z')
  expect(time(new Date('2050-01-01T00:00:00Z')).toString('latin1')).toContain('20500101000000Z')
})

test('each host has a certificate of the lab for its own name', () => {
  const { ca, hosts } = makePki(['pg1', 'backup'])
  const authority = new X509Certificate(ca)
  expect(authority.ca).toBe(true)
  for (const [host, { cert }] of Object.entries(hosts)) {
    const certificate = new X509Certificate(cert)
    expect(certificate.checkIssued(authority)).toBe(true)
    expect(certificate.verify(authority.publicKey)).toBe(true)
    expect(certificate.ca).toBe(false)
    expect(certificate.subject).toBe(`CN=${host}`)
    expect(certificate.checkHost(host)).toBe(host)
    expect(certificate.checkHost('pg9')).toBeUndefined()
    expect(Date.parse(certificate.validTo) - Date.now()).toBeGreaterThan(9 * 365 * 24 * 3600 * 1000)
  }
})

test('two labs do not trust each other', () => {
  const authority = new X509Certificate(makePki([]).ca)
  const { cert } = makePki(['pg1']).hosts['pg1']!
  expect(new X509Certificate(cert).verify(authority.publicKey)).toBe(false)
})

test('two hosts talk TLS and know each other, as OpenSSL sees it', async () => {
  const { ca, hosts } = makePki(['pg1', 'backup'])
  const server = createServer({ ca, ...hosts['pg1']!, requestCert: true, rejectUnauthorized: true })
  const client = new Promise<string>((resolve) => {
    server.on('secureConnection', (socket: TLSSocket) => resolve(socket.getPeerCertificate().subject.CN))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const socket = connect({ host: '127.0.0.1', port, servername: 'pg1', ca, ...hosts['backup']! })
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  expect(socket.authorized).toBe(true)
  expect(await client).toBe('backup')
  socket.destroy()
  server.close()
})

test('a certificate is good for the names and addresses that it was issued for, as OpenSSL sees it strictly', () => {
  const dir = mkdtempSync(join(tmpdir(), 'dojo-pki-'))
  const authority = makeAuthority()
  const { cert } = issue(authority, { name: 'pg1', reachedAt: ['pg1', 'localhost', '127.0.0.1'] })
  writeFileSync(join(dir, 'ca.crt'), authority.cert)
  writeFileSync(join(dir, 'pg1.crt'), cert)
  const verify = (...more: string[]): string =>
    execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', 'ca.crt', ...more, 'pg1.crt'], {
      cwd: dir,
      encoding: 'utf8',
      stdio: 'pipe',
    })
  expect(verify('-verify_hostname', 'pg1')).toContain('OK')
  expect(verify('-verify_ip', '127.0.0.1')).toContain('OK')
  expect(() => verify('-verify_hostname', 'pg2')).toThrow(/[Hh]ostname mismatch/)
  expect(() => verify('-verify_ip', '127.0.0.2')).toThrow(/IP address mismatch/)
  rmSync(dir, { recursive: true })
})

test('a certificate can be over before it began to be used', () => {
  const [from, until] = [new Date('2020-01-01T00:00:00Z'), new Date('2021-01-01T00:00:00Z')]
  const { cert } = issue(makeAuthority(), { name: 'pg1', reachedAt: ['pg1'], validity: { from, until } })
  expect(new Date(new X509Certificate(cert).validTo)).toEqual(until)
})
