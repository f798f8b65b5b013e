import type { HostState } from '../contract/cluster.js'
import type { LabHandle } from '../lab/handle.js'
import { unknownHost } from '../contract/errors.js'
import { query } from '../cluster/postgres.js'
import { readAuthority, subjectOf } from '../lab/certificates.js'
import { issue } from '../lab/pki.js'
import { appClock } from '../util/clock.js'
import { answering } from './answering.js'
import type { FaultContext, FaultKind } from './fault.js'
import type { Entry } from './ledger.js'

const sqlMs = 10_000

/** Options as the kind's schema has them; throws a ZodError when they do not fit. */
type AnyContext = FaultContext<Record<string, unknown>>

/** What one fault may touch, made from its record: the same for applying now and for healing after a restart. */
export function createContext(lab: LabHandle, kind: FaultKind, entry: Entry, save: () => Promise<void>): AnyContext {
  const { record, notes } = entry
  const { target: name } = record
  const target = lab.info.hosts.find((host) => host.name === name)
  if (!target)
    throw unknownHost(
      name,
      lab.info.hosts.map((host) => host.name),
    )
  const { power } = lab
  const stateOf = async (host: string): Promise<HostState> =>
    (await lab.hostStates())[host] ?? { container: 'missing', since: appClock.now() }
  return {
    id: record.id,
    target,
    options: kind.options.parse(record.options),
    appliedAt: record.appliedAt,
    notes,
    power: {
      kill: () => power.kill(name),
      stop: (graceSeconds) => power.stop(name, graceSeconds),
      pause: () => power.pause(name),
      unpause: () => power.unpause(name),
      start: () => power.start(name),
      limitCpu: (percent) => power.limitCpu(name, percent),
    },
    cpuLimit: () => lab.cpuLimit(name),
    state: () => stateOf(name),
    stateOf,
    save,
    exec: (argv, options) => lab.exec(name, argv, { user: 'root', ...options }),
    answering: (everything) => answering(target, { everything }),
    hosts: lab.info.hosts,
    execOn: (host, argv, options) => lab.exec(host, argv, { user: 'root', ...options }),
    beside: (host, script, options) => lab.beside(host, script, options),
    async issue(service, validity) {
      const prefix = target.address.split('.').slice(0, 3).join('.')
      const subject = subjectOf({ topology: lab.info.spec, prefix }, name, service)
      return issue(await readAuthority(lab.dir), { ...subject, ...(validity && { validity }) })
    },
    async sql(host, statement) {
      const endpoint = lab.info.hosts.find((one) => one.name === host)?.endpoints.postgres
      if (!endpoint) throw new Error(`${host} has no PostgreSQL`)
      const { superuser } = await lab.credentials()
      return query(endpoint, superuser, statement, { timeoutMs: sqlMs })
    },
  }
}
