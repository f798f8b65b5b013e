import { z } from 'zod'
import type { Proof } from '../contract/fault.js'
import type { Endpoint } from '../contract/lab.js'
import { serverTls } from '../lab/certificates.js'
import type { KeyPair } from '../lab/pki.js'
import { certificateSeen, type CertificateSeen } from './certificate-seen.js'
import { outputOf, whenRunning } from './data-hosts.js'
import { isHealthy } from './etcd-members.js'
import { defineFault, type FaultContext } from './fault.js'

const options = z.strictObject({
  service: z
    .enum(['etcd', 'patroni', 'postgres'])
    .describe('Whose certificate. Connections that there are stay: it shows to whoever connects anew'),
})
type Context = FaultContext<z.output<typeof options>>

const hourMs = 3_600_000
const lastYear = (): { from: Date; until: Date } => {
  const until = Date.now() - hourMs
  return { from: new Date(until - 365 * 24 * hourMs), until: new Date(until) }
}

const endpointOf = ({ target, options: { service } }: Context): Endpoint | undefined => target.endpoints[service]

async function seen(context: Context): Promise<CertificateSeen> {
  const endpoint = endpointOf(context)
  if (!endpoint) throw new Error(`${context.target.name} publishes no ${context.options.service}`)
  return certificateSeen(endpoint, { asksFirst: context.options.service === 'postgres' })
}
const isExpired = (one: CertificateSeen): boolean => !one.trusted && one.code === 'CERT_HAS_EXPIRED'

/** Whole or not at all: who reads it may do so at any moment. */
const writeScript = 'umask 077; cat > "$1.new"; chown "$2:$2" "$1.new"; chmod "$3" "$1.new"; mv "$1.new" "$1"'

async function install(context: Context, pair: KeyPair): Promise<void> {
  const { exec, options: wanted } = context
  const { cert, key, owner } = serverTls(wanted.service)
  // a certificate is for everybody to read, as the lab's own were
  for (const [path, input, mode] of [
    [key, pair.key, '600'],
    [cert, pair.cert, '644'],
  ] as const) {
    const argv = ['sh', '-euc', writeScript, 'sh', path, owner, mode]
    const { code, stderr } = await exec(argv, { input, timeoutMs: 10_000 })
    if (code !== 0) throw new Error(`writing ${path} failed: ${stderr.trim()}`)
  }
  const reader = readers[wanted.service]
  if (reader) await outputOf(context, context.target.name, reader.argv, { user: reader.as })
}

/** Who has to be told to read its certificate again. etcd does so for every connection. */
const readers: Record<z.output<typeof options>['service'], { as: 'root' | 'postgres'; argv: string[] } | null> = {
  etcd: null,
  patroni: { as: 'root', argv: ['sv', 'hup', 'patroni'] },
  postgres: { as: 'postgres', argv: ['pg_ctl', 'reload', '--silent'] },
}

export const expiredCertificate = defineFault({
  kind: 'expired-certificate',
  group: 'people',
  summary: "Nobody renewed a service's certificate: it has expired, and whoever verifies it turns away",
  action: 'Let a certificate on {host} expire',
  proves: 'A client on this machine that knows the authority of the lab is shown a certificate that has expired.',
  targets: 'any-host',
  options,
  needs: 'running',
  whenGone: 'somebody gave the service on {host} a certificate that is valid',
  async refuses(context) {
    const { target, options: wanted } = context
    const endpoint = endpointOf(context)
    if (!endpoint) return `no ${wanted.service} is on ${target.name}`
    if (!endpoint.tls)
      return 'this lab has no certificates that clients look at: it was not started with --set security=tls'
    const now = await seen(context)
    if (isExpired(now)) return 'it has expired already'
    return now.trusted ? null : `${wanted.service} can't be asked for its certificate now: ${now.why}`
  },
  async apply(context) {
    const { target, options: wanted, issue } = context
    const validity = lastYear()
    await install(context, await issue(wanted.service, validity))
    return `Gave ${wanted.service} on ${target.name} a certificate that was good until ${validity.until.toISOString().slice(0, 16)}Z`
  },
  async proveEffect(context): Promise<Proof> {
    const now = await seen(context)
    return { holds: isExpired(now), observed: shown(context, now) }
  },
  effectWithinMs: 30_000,
  async heal(context) {
    await whenRunning(context)
    await install(context, await context.issue(context.options.service))
  },
  async proveHealed(context): Promise<Proof> {
    const now = await seen(context)
    if (!now.trusted || context.options.service !== 'etcd') return { holds: now.trusted, observed: shown(context, now) }
    const healthy = await isHealthy(context, context.target.name)
    return { holds: healthy, observed: `${shown(context, now)}; the member is ${healthy ? 'healthy' : 'not healthy'}` }
  },
  healedWithinMs: 60_000,
  async holdsStill(context) {
    const { container } = await context.state()
    if (container !== 'running') return container !== 'missing' // a host that is down keeps its files
    const now = await seen(context)
    return !now.trusted
  },
})

const shown = ({ target, options: { service } }: Context, now: CertificateSeen): string =>
  `a client that verifies ${service} on ${target.name}: ${now.trusted ? `trusts it until ${now.until}` : now.why}`
