import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { hostname, networkInterfaces } from 'node:os'

/** Who may talk to the browser host. Every rule here has an attack in tests/live/security-*.test.ts. */

/** The one subprotocol that we speak, and the prefix of the one that carries the token. The latter is never echoed. */
export const wireProtocol = { version: 'dojo.v1', tokenPrefix: 'dojo.token.' } as const

/** 192 random bits; letters, digits, - and _ only, as a subprotocol allows. */
export const newToken = (): string => randomBytes(24).toString('base64url')

/** Compares in a time that tells nothing: digests are of one length, whatever was given. */
export function sameToken(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}

/** The token among the subprotocols that a client offers, or null. */
export function offeredToken(request: IncomingMessage): string | null {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim())
  if (!offered.includes(wireProtocol.version)) return null
  const carrier = offered.find((part) => part.startsWith(wireProtocol.tokenPrefix))
  return carrier ? carrier.slice(wireProtocol.tokenPrefix.length) : null
}

/**
 * Values of the Host header under which this page may be asked for: a foreign name that was pointed at our address
 * (DNS rebinding) is not among them.
 */
export function allowedHosts(listensOn: string, port: number): Set<string> {
  const names = new Set(['127.0.0.1', 'localhost', '[::1]'])
  const bracketed = (name: string): string => (name.includes(':') ? `[${name.replace(/%.*/, '')}]` : name)
  if (listensOn === '0.0.0.0' || listensOn === '::') {
    names.add(hostname().toLowerCase())
    for (const addresses of Object.values(networkInterfaces())) {
      for (const { address } of addresses ?? []) names.add(bracketed(address))
    }
  } else names.add(bracketed(listensOn.toLowerCase()))
  return new Set([...names].flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])))
}

/** Whether the other end of a connection is on this machine: it has a loopback address, or the address that we have. */
export const isHere = (remote: string | undefined, local?: string): boolean =>
  remote !== undefined && (remote === '::1' || remote === local || /^(::ffff:)?127\./.test(remote))

/** Why a request may not pass, or null when it may. Requests for files need no token: they hold nothing secret. */
export function refusal(
  request: IncomingMessage,
  rules: { hosts: ReadonlySet<string>; token?: string },
): { status: 401 | 403; why: string } | null {
  const host = request.headers.host?.toLowerCase()
  if (!host || !rules.hosts.has(host)) return { status: 403, why: 'this Host is not served here' }
  const { origin } = request.headers
  if (rules.token === undefined) {
    return origin && origin !== `http://${host}` ? { status: 403, why: 'this Origin may not ask here' } : null
  }
  // a browser always tells the origin of a WebSocket, and only our own page may open one
  if (origin !== `http://${host}`) return { status: 403, why: 'this Origin may not connect here' }
  const given = offeredToken(request)
  if (given === null) return { status: 401, why: 'no token' }
  return sameToken(given, rules.token) ? null : { status: 401, why: 'wrong token' }
}

/**
 * The policy of the page, the same for the window and the browser. Mantine and xterm write style elements, which is why
 * styles may be inline; scripts never may.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), payment=()',
}
