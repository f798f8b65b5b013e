import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto'
import { isIPv4 } from 'node:net'
import { bits, octets, oid, positive, sequence, set, tagged, taggedBytes, time, utf8, yes } from './der.js'

/** A certificate and its private key, as PEM. */
export interface KeyPair {
  cert: string
  key: string
}

/** A lab's own certificate authority and one certificate per host, as PEM. pgBackRest's TLS demands them. */
export interface Pki {
  ca: string
  hosts: Record<string, KeyPair>
  /** By host: what everything needs that speaks TLS only when the lab's `security` is tls. */
  everything?: Record<string, { client: KeyPair; servers: Record<string, KeyPair> }>
}

const tenYearsMs = 10 * 365 * 24 * 3600 * 1000
/** The engine's clock may be behind ours by a little. */
const clockSlackMs = 24 * 3600 * 1000

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'))
const critical = true
const authorityName = 'pg-ha-dojo lab'

/** A new authority, on P-256. Whoever has its key can sign for every host of its lab. */
export function makeAuthority(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const cert = certificate({ name: authorityName }, publicKey, privateKey, [
    extension('2.5.29.19', sequence(yes), critical), // basicConstraints: may sign others
    extension('2.5.29.15', keyUsage.signCertificates, critical),
  ])
  return { cert, key: pemOf(privateKey) }
}

/** Who a certificate is for. */
export interface Subject {
  /** The common name: what a server calls its client. */
  name: string
  /** Names and IPv4 addresses by which clients reach it. Without any it is a client, and serves nobody. */
  reachedAt: readonly string[]
  /** Default: from yesterday on, for ten years. */
  validity?: { from: Date; until: Date }
}

/**
 * A certificate of the authority with a key of its own. By hand, as Node's crypto signs but makes no certificates:
 * libraries for it take 0.3 s, which every boot would wait for; this takes a millisecond.
 */
export function issue(authority: KeyPair, subject: Subject): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const cert = certificate(subject, publicKey, createPrivateKey(authority.key), [
    extension('2.5.29.19', sequence(), critical),
    extension('2.5.29.15', keyUsage.signData, critical),
    extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'))), // as server, as client
    ...(subject.reachedAt.length > 0 ? [extension('2.5.29.17', sequence(...subject.reachedAt.map(reached)))] : []),
  ])
  return { cert, key: pemOf(privateKey) }
}

/** A certificate per host, for its own name. */
export function makePki(hosts: readonly string[], authority = makeAuthority()): Pki {
  const made = hosts.map((host) => [host, issue(authority, { name: host, reachedAt: [host] })] as const)
  return { ca: authority.cert, hosts: Object.fromEntries(made) }
}

const keyUsage = { signData: bits(Buffer.of(0x80), 7), signCertificates: bits(Buffer.of(0x04), 2) }

const reached = (at: string): Buffer =>
  isIPv4(at) ? taggedBytes(7, Buffer.from(at.split('.').map(Number))) : taggedBytes(2, Buffer.from(at))

const extension = (id: string, value: Buffer, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [yes] : []), octets(value))

const name = (common: string): Buffer => sequence(set(sequence(oid('2.5.4.3'), utf8(common))))

const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })
const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }) as string
const identifierOf = (spki: Buffer): Buffer => createHash('sha1').update(spki).digest()

/** An X.509 v3 certificate for a key, signed by the authority's. */
function certificate(
  subject: Omit<Subject, 'reachedAt'>,
  key: KeyObject,
  signer: KeyObject,
  extensions: Buffer[],
): string {
  const now = Date.now()
  const { from, until } = subject.validity ?? { from: new Date(now - clockSlackMs), until: new Date(now + tenYearsMs) }
  const content = sequence(
    tagged(0, positive(Buffer.of(2))), // v3
    positive(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ecdsaWithSha256,
    name(authorityName),
    sequence(time(from), time(until)),
    name(subject.name),
    spkiOf(key),
    tagged(
      3,
      sequence(
        ...extensions,
        // whose key this is and whose signed it: without them Python, which Patroni is written in, trusts neither
        extension('2.5.29.14', octets(identifierOf(spkiOf(key)))),
        extension('2.5.29.35', sequence(taggedBytes(0, identifierOf(spkiOf(createPublicKey(signer)))))),
      ),
    ),
  )
  const signed = sequence(content, ecdsaWithSha256, bits(sign('sha256', content, signer)))
  const lines = signed.toString('base64').match(/.{1,64}/g)!
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
