import type { HostFile } from '../../docker/archive.js'
import { hostTls, securedOn, serverTls } from '../certificates.js'
import { isTls, type LabPlan } from '../plan.js'

/**
 * What a host needs where everything speaks TLS: the lab's authority, what it proves itself with as a client, and a
 * certificate for each of its services. Nothing on a lab without TLS.
 */
export function renderTls(plan: LabPlan, host: string): HostFile[] {
  if (!isTls(plan)) return []
  const { ca, everything } = plan.pki
  const own = everything?.[host]
  if (!own) throw new Error(`no certificate for ${host}`)
  const serving = securedOn(plan.topology, host).flatMap((service): HostFile[] => {
    const pair = own.servers[service]
    if (!pair) throw new Error(`no certificate for ${service} on ${host}`)
    const { cert, key, owner } = serverTls(service)
    return [
      { path: cert, content: pair.cert, owner, mode: 0o644 },
      { path: key, content: pair.key, owner, mode: 0o600 },
    ]
  })
  return [
    { path: hostTls.ca, content: ca, owner: 'root', mode: 0o644 },
    { path: hostTls.cert, content: own.client.cert, owner: 'postgres', mode: 0o644 },
    { path: hostTls.key, content: own.client.key, owner: 'postgres', mode: 0o600 },
    { path: `${hostTls.folder}/.curlrc`, content: curlrc, owner: 'postgres', mode: 0o644 },
    ...serving,
  ]
}

/** A bare `curl https://pg1:8008` verifies whom it asks, and may ask whoever wants to know who asks. */
const curlrc = `cacert = "${hostTls.ca}"\ncert = "${hostTls.cert}"\nkey = "${hostTls.key}"\n`

/** What makes bare `psql`, `etcdctl` and `curl` do the same. */
export const tlsEnvironment = (plan: LabPlan): Record<string, string> =>
  isTls(plan)
    ? {
        ETCDCTL_CACERT: hostTls.ca,
        ETCDCTL_CERT: hostTls.cert,
        ETCDCTL_KEY: hostTls.key,
        PGSSLMODE: 'verify-full',
        PGSSLROOTCERT: hostTls.ca,
        CURL_HOME: hostTls.folder,
      }
    : {}
