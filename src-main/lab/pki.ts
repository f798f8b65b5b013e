import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { bits, octets, oid, positive, sequence, set, tagged, taggedBytes, time, utf8, yes } from './der.js'

/** A lab's own certificate authority and one certificate per host, as PEM. pgBackRest's TLS demands them. */
export interface Pki {
  ca: string
  hosts: Record<string, { cert: string; key: string }>
}

const tenYearsMs = 10 * 365 * 24 * 3600 * 1000
/** The engine's clock may be behind ours by a little. */
const clockSlackMs = 24 * 3600 * 1000

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'))
const critical = true
const authorityName = 'pg-ha-dojo lab'

/**
 * Makes a CA and a certificate per host, on P-256. By hand, as Node's crypto signs but makes no certificates: libraries
 * for it take 0.3 s, which every boot would wait for; this takes a few milliseconds.
 */
export function makePki(hosts: readonly string[]): Pki {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ca = certificate(authorityName, authority.publicKey, authority.privateKey, [
    extension('2.5.29.19', sequence(yes), critical), // basicConstraints: may sign others
    extension('2.5.29.15', keyUsage.signCertificates, critical),
  ])
  const made = hosts.map((host) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const cert = certificate(host, publicKey, authority.privateKey, [
      extension('2.5.29.19', sequence(), critical),
      extension('2.5.29.15', keyUsage.signData, critical),
      extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'))), // as server, as client
      extension('2.5.29.17', sequence(taggedBytes(2, Buffer.from(host)))), // the name that others reach it by
    ])
    return [host, { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }] as const
  })
  return { ca, hosts: Object.fromEntries(made) }
}

const keyUsage = { signData: bits(Buffer.of(0x80), 7), signCertificates: bits(Buffer.of(0x04), 2) }

const extension = (id: string, value: Buffer, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [yes] : []), octets(value))

const name = (common: string): Buffer => sequence(set(sequence(oid('2.5.4.3'), utf8(common))))

/** An X.509 v3 certificate for a key, signed by the authority's. */
function certificate(subject: string, key: KeyObject, signer: KeyObject, extensions: Buffer[]): string {
  const now = Date.now()
  const content = sequence(
    tagged(0, positive(Buffer.of(2))), // v3
    positive(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ecdsaWithSha256,
    name(authorityName),
    sequence(time(new Date(now - clockSlackMs)), time(new Date(now + tenYearsMs))),
    name(subject),
    key.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions)),
  )
  const signed = sequence(content, ecdsaWithSha256, bits(sign('sha256', content, signer)))
  const lines = signed.toString('base64').match(/.{1,64}/g)!
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
