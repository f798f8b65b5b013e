import type { HealthSubsystem } from '../../contract/health.js'
import { finding, fresh, isSettled, isSilent, onHost, viewOf, type HealthInput, type Rule } from './input.js'

/** A machine that is off, gone or frozen. Everything that it ran is then away, and is not told again. */
export const hostAway: Rule = (input) =>
  input.state.hosts.flatMap(({ name, engine }) => {
    const state = fresh(engine)
    if (!state || state.container === 'running') return []
    const how =
      state.container === 'paused'
        ? 'is frozen: it holds its connections and answers nothing'
        : state.container === 'missing'
          ? 'is gone'
          : `is down: it ${{ killed: 'crashed', stopped: 'was stopped', died: 'ended by itself' }[state.how ?? 'died']}`
    const text = `${name} ${how}`
    const next = input.state.faults.some((fault) => fault.target === name && fault.state === 'active')
      ? `dojo faults ${input.info.lab}`
      : `dojo fault ${input.info.lab} start ${name}`
    return [finding({ rule: 'host-away', subsystem: 'host', host: name }, { text, since: state.since, next })]
  })

export const subsystemOf: Readonly<Record<string, HealthSubsystem>> = {
  etcd: 'etcd',
  patroni: 'patroni',
  pgbackrest: 'backups',
  haproxy: 'proxy',
  pgbouncer: 'pgbouncer',
}

/** Whether the supervisor says that a service does not run; undefined when it could not be asked. */
export function isDown({ facts }: HealthInput, host: string, service: string): boolean | undefined {
  const up = facts[host]?.services.find((each) => each.service === service)?.up
  return up === undefined ? undefined : !up
}

/** A service that its host's supervisor does not run, or that the machine refuses connections for. */
export const serviceDown: Rule = (input) =>
  input.info.hosts.flatMap((host) =>
    host.services.flatMap((service) => {
      if (fresh(viewOf(input, host.name)?.engine)?.container !== 'running') return []
      const known = input.facts[host.name]?.services.find((each) => each.service === service)
      const refused = silenceOf(input, host.name, service)?.error === 'connection refused'
      const down = known ? !known.up : refused && isSettled(input, host.name)
      // a supervisor that has just begun has not begun them all
      if (!down || (known && !isSettled(input, host.name))) return []
      const since = known ? input.now - known.forS * 1000 : (silenceOf(input, host.name, service)?.at ?? null)
      const subsystem = subsystemOf[service] ?? 'host'
      const text = `${service} does not run on ${host.name}`
      return [
        finding(
          { rule: 'service-down', subsystem, host: host.name },
          { text, since, next: onHost(input, host.name, `sv status ${service}`) },
        ),
      ]
    }),
  )

/** A service that runs and does not answer: hung, overloaded, or cut off from who asks. */
export const serviceSilent: Rule = (input) =>
  input.info.hosts.flatMap((host) =>
    host.services.flatMap((service) => {
      if (!isSettled(input, host.name) || isDown(input, host.name, service)) return []
      const part = silenceOf(input, host.name, service)
      if (!part || (part.error === 'connection refused' && isDown(input, host.name, service) === undefined)) return []
      const subsystem = subsystemOf[service] ?? 'host'
      const text = `${service} on ${host.name} does not answer${part.error ? `: ${part.error}` : ''}`
      const log = `tail -n 20 /var/log/${service}/current`
      return [
        finding(
          { rule: 'service-silent', subsystem, host: host.name },
          { text, since: part.at, next: onHost(input, host.name, log) },
        ),
      ]
    }),
  )

/** What is known of a service's silence; null when it answers, was not asked yet, or nobody asks it. */
function silenceOf(input: HealthInput, host: string, service: string): { at: number | null; error?: string } | null {
  const { state, now } = input
  if (service === 'etcd') {
    const member = fresh(state.etcd)?.members.find(({ name }) => name === host)
    if (!member || member.answers) return null
    return { at: input.eventAt(['etcd.lost'], host), ...(member.error ? { error: member.error } : {}) }
  }
  const part = service === 'patroni' ? viewOf(input, host)?.patroni : service === 'haproxy' ? state.proxy : undefined
  if (!part || !isSilent(part, now)) return null
  return { at: part.at, ...(part.error ? { error: part.error } : {}) }
}
