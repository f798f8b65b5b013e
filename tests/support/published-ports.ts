import type { Endpoint, EndpointKey } from '../../src-main/contract/lab.js'
import type { LabHandle } from '../../src-main/lab/handle.js'
import { askHttp } from '../../src-main/util/http.js'
import { ask } from './lab-sql.js'

export interface PublishedPort {
  host: string
  key: EndpointKey
  endpoint: Endpoint
}

/** Every port that a lab has on this machine. */
export const published = ({ info }: LabHandle): PublishedPort[] =>
  info.hosts.flatMap(({ name, endpoints }) =>
    Object.entries(endpoints).map(([key, endpoint]) => ({ host: name, key: key as EndpointKey, endpoint })),
  )

const paths: Partial<Record<EndpointKey, string>> = {
  etcd: '/health',
  patroni: '/patroni',
  proxyStats: '/;csv',
  prometheus: '/-/ready',
}
/** What a client of a port with TLS gets, and what a plain one gets. */
export const served = /^(200|TLSv1\.[23])$/
export const refused = /^(400$|refused: )/

/** What a client gets: a status, or the version of TLS that PostgreSQL sees; or why it gets nothing. */
export const outcome = (lab: LabHandle, port: Pick<PublishedPort, 'key' | 'endpoint'>): Promise<string> =>
  use(lab, port).catch((error: Error) => `refused: ${error.message}`)

async function use(lab: LabHandle, { key, endpoint }: Pick<PublishedPort, 'key' | 'endpoint'>): Promise<string> {
  const path = paths[key]
  if (path) {
    const { status } = await askHttp(endpoint, path, { signal: AbortSignal.timeout(5_000) })
    return String(status)
  }
  const { app } = await lab.credentials()
  const login = { user: app.username, password: app.password, database: app.database }
  const [row] = await ask<{ version: string }>(
    endpoint,
    login,
    'select version from pg_stat_ssl where pid = pg_backend_pid() and ssl',
  )
  return row?.version ?? 'without TLS'
}
