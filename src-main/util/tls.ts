import { readFileSync } from 'node:fs'
import type { Endpoint } from '../contract/lab.js'

/** How Node's TLS verifies a server of a lab, and shows itself to one that asks. */
export interface TlsClient {
  ca: string
  /** What the certificate has to be for: we reach every host at 127.0.0.1, and want to know that it is this one. */
  servername: string
  cert?: string
  key?: string
}

/** Undefined: no TLS is spoken there. Read anew each time, as the next lab of the same name has another authority. */
export function tlsOf({ tls }: Endpoint): TlsClient | undefined {
  if (!tls) return undefined
  const { ca, name, cert, key } = tls
  const read = (path: string): string => readFileSync(path, 'utf8')
  return {
    ca: read(ca),
    servername: name,
    ...(cert !== undefined && { cert: read(cert) }),
    ...(key !== undefined && { key: read(key) }),
  }
}
