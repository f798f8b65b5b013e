import { posix } from 'node:path'
import type { HealthFinding } from '../../contract/health.js'
import { securedServices, serverTls } from '../../lab/certificates.js'
import { finding, onHost, type CertificateFacts, type HealthInput, type Rule } from './input.js'

const folderOf = posix.dirname
const dayMs = 24 * 3_600_000
/** Time enough for somebody to renew a certificate in working hours. */
const soonMs = 14 * dayMs

/** Whoever verifies turns away from a service once its certificate is over; connections that there are stay. */
export const certificateExpired: Rule = (input) =>
  certificatesOf(input).flatMap(({ host, path, until }) =>
    until > input.now
      ? []
      : [about(input, 'certificate-expired', { host, path, until }, `expired at ${minuteOf(until)}`, until)],
  )

export const certificateExpiring: Rule = (input) =>
  certificatesOf(input).flatMap(({ host, path, until }) => {
    const leftMs = until - input.now
    if (leftMs <= 0 || leftMs > soonMs) return []
    const left = leftMs < 2 * dayMs ? `${Math.floor(leftMs / 3_600_000)} h` : `${Math.floor(leftMs / dayMs)} days`
    const said = `expires in ${left}, at ${minuteOf(until)}`
    return [about(input, 'certificate-expiring', { host, path, until }, said, until - soonMs)]
  })

interface Certificate extends CertificateFacts {
  host: string
}

const certificatesOf = ({ facts }: HealthInput): Certificate[] =>
  Object.entries(facts).flatMap(([host, said]) => (said?.certificates ?? []).map((each) => ({ host, ...each })))

function about(
  input: HealthInput,
  rule: 'certificate-expired' | 'certificate-expiring',
  { host, path }: Certificate,
  said: string,
  since: number,
): HealthFinding {
  const severity = rule === 'certificate-expired' ? 'critical' : 'warning'
  const text = `the certificate of ${whose(path)} on ${host} ${said}: ${path}`
  return finding({ rule, subsystem: 'tls', host, severity }, { text, since, next: nextOf(input, host, path) })
}

/** Nothing renews certificates in a lab but the fault that let one expire; those of an exercise are not given away. */
function nextOf(input: HealthInput, host: string, path: string): string {
  const fault = input.state.faults.find(
    ({ kind, target, state, by, options }) =>
      kind === 'expired-certificate' &&
      target === host &&
      options['service'] === whose(path) &&
      ['active', 'failed'].includes(state) &&
      by !== 'exercise' &&
      by !== 'proof',
  )
  if (fault) return `dojo heal ${input.info.lab} ${fault.id}`
  return onHost(input, host, `openssl x509 -noout -subject -dates -in ${path}`)
}

const folders = new Map(securedServices.map((service) => [folderOf(serverTls(service).cert), service as string]))

/** `/etc/postgresql/tls/server.crt` is postgres's; what is in no service's folder is the host's own, as a client. */
function whose(path: string): string {
  if (path.endsWith('/ca.crt')) return 'the authority'
  return folders.get(folderOf(path)) ?? /^\/etc\/([a-z-]+)\/tls\//.exec(path)?.[1] ?? 'the clients'
}

const minuteOf = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
