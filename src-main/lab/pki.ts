/** A lab's own certificate authority and one certificate per host, as PEM. pgBackRest's TLS demands them. */
export interface Pki {
  ca: string
  hosts: Record<string, { cert: string; key: string }>
}

const tenYears = 10 * 365 * 24 * 3600 * 1000
/** Labs are born and checked by clocks that may differ by a little. */
const clockSlack = 24 * 3600 * 1000

/** Makes a CA and a certificate per host, on P-256: RSA would take longer than all of etcd's election. */
export async function makePki(hosts: readonly string[]): Promise<Pki> {
  const { generate } = await import('selfsigned') // loads a big library: only boots need it
  const common = {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - clockSlack),
    notAfterDate: new Date(Date.now() + tenYears),
  } as const
  const authority = await generate([{ name: 'commonName', value: 'pg-ha-dojo lab' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
    ],
  })
  const ca = { key: authority.private, cert: authority.cert }
  const made = await Promise.all(
    hosts.map(async (host) => {
      const { cert, private: key } = await generate([{ name: 'commonName', value: host }], {
        ...common,
        ca,
        extensions: [
          { name: 'basicConstraints', cA: false, critical: true },
          { name: 'keyUsage', digitalSignature: true, critical: true },
          { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
          { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
        ],
      })
      return [host, { cert, key }] as const
    }),
  )
  return { ca: authority.cert, hosts: Object.fromEntries(made) }
}
