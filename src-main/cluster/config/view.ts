import type { ConfigFinding, ConfigValue, ConfigView } from '../../contract/config.js'
import {
  dynamicKeys,
  keyProblem,
  keysAlwaysShown,
  localPostgresqlKeys,
  timeoutsOf,
  yesOrNo,
} from '../../lab/patroni-rules.js'
import { findingsAbout, type HostReading } from './about-parameter.js'

export interface ViewInput {
  lab: string
  scope: string
  at: number
  source: string
  config: Readonly<Record<string, unknown>>
  hosts: readonly HostReading[]
  /** Of the leader's lease as etcd has it: what Patroni really does with ttl. Null where it is not known now. */
  leaseTtlS: number | null
}

export const parametersKey = 'postgresql.parameters.'

const mapOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

/** The parameters that the dynamic configuration asks for, by lower-case name. */
export const parametersOf = (config: Readonly<Record<string, unknown>>): Map<string, unknown> =>
  new Map(Object.entries(mapOf(mapOf(config['postgresql'])['parameters'])).map(([k, v]) => [k.toLowerCase(), v]))

/** The dynamic configuration beside what is in force, and everything that is not as it was asked for. */
export function configViewOf(input: ViewInput): ConfigView {
  const { lab, at, source, hosts } = input
  const findings: ConfigFinding[] = []
  const values = [...patroniValues(input, findings), ...parameterValues(input, findings)]
  return {
    lab,
    at,
    source,
    hosts: hosts.map((host) => ({
      name: host.name,
      ...(host.why === undefined ? {} : { why: host.why }),
      restart: waitingOn(host),
    })),
    values,
    findings,
  }
}

/** Parameters that wait for a restart there: PostgreSQL knows of some, Patroni of others. */
const waitingOn = ({ settings, restart }: HostReading): string[] =>
  [
    ...new Set([...[...settings.values()].filter((row) => row.pendingRestart).map(({ name }) => name), ...restart]),
  ].toSorted()

function patroniValues({ config, hosts, leaseTtlS }: ViewInput, findings: ConfigFinding[]): ConfigValue[] {
  const timeouts = timeoutsOf(config)
  const keys = new Set<string>([...keysAlwaysShown, ...Object.keys(config).filter((key) => key !== 'postgresql')])
  const tell = (key: string, finding: Pick<ConfigFinding, 'kind' | 'effective' | 'why' | 'next'>): void =>
    void findings.push({ key, host: null, ...(key in config ? { asked: config[key] } : {}), ...finding })
  if ('wrong' in timeouts) {
    const why = `${timeouts.wrong} is no whole number: every Patroni leaves its whole configuration as it was before`
    tell(timeouts.wrong, { kind: 'refused', effective: null, why, next: 'Set it to a whole number of seconds' })
  } else {
    for (const { key, effective, why } of timeouts.adjusted) {
      const next = 'Ask for a value that fits, or leave it: Patroni goes on with the other'
      tell(key, { kind: 'adjusted', effective: String(effective), why, next })
    }
    if (leaseTtlS !== null && leaseTtlS !== timeouts.values.ttl) {
      const why = `the lease of the leader key still lives ${leaseTtlS} s: its holder has not taken this up`
      const next = 'Look again in a moment; if it stays, read /var/log/patroni/current on the leader'
      tell('ttl', { kind: 'waiting', effective: String(leaseTtlS), why, next })
    }
  }
  return [...keys].map((key): ConfigValue => {
    const known = dynamicKeys[key]
    const problem = key in config ? (known ? keyProblem(key, config[key]) : 'Patroni has no such key') : null
    if (problem && !('wrong' in timeouts && timeouts.wrong === key)) {
      const standard = known?.standard === undefined ? null : String(known.standard)
      const why = known ? `it ${problem}: Patroni goes on with its default` : `${problem}, and ignores it`
      tell(key, { kind: 'refused', effective: standard, why, next: 'Correct it, or take it out' })
    }
    const value = effectiveOf(key, config, timeouts)
    return {
      key,
      ...(known ? { about: known.about } : {}),
      ...(key in config ? { asked: config[key] } : {}),
      effective: Object.fromEntries(hosts.map(({ name, why }) => [name, why === undefined ? value : null])),
    }
  })
}

/** A value as Patroni takes it; the defaults are its own. */
function effectiveOf(key: string, config: ViewInput['config'], timeouts: ReturnType<typeof timeoutsOf>): string | null {
  if (key === 'ttl' || key === 'loop_wait' || key === 'retry_timeout')
    return 'wrong' in timeouts ? null : String(timeouts.values[key])
  const known = dynamicKeys[key]
  if (!known) return null
  const asked = config[key]
  if (asked === undefined || keyProblem(key, asked)) return known.standard === undefined ? null : String(known.standard)
  if (known.kind === 'boolean') return String(yesOrNo(asked))
  if (known.kind === 'mode') return String(yesOrNo(asked) ?? 'quorum')
  return typeof asked === 'string' ? asked : JSON.stringify(asked)
}

function parameterValues({ config, hosts, scope }: ViewInput, findings: ConfigFinding[]): ConfigValue[] {
  const asked = parametersOf(config)
  const postgresql = mapOf(config['postgresql'])
  for (const name of localPostgresqlKeys.filter((key) => key in postgresql)) {
    const why = 'Patroni takes it from the configuration of each host only, and ignores it here'
    const rest = { host: null, asked: postgresql[name], effective: null, why, next: 'Take it out' }
    findings.push({ key: `postgresql.${name}`, kind: 'refused', ...rest })
  }
  const names = [...new Set([...asked.keys(), ...hosts.flatMap(waitingOn)])].toSorted()
  return names.map((name): ConfigValue => {
    const key = parametersKey + name
    const has = asked.has(name)
    const about = findingsAbout(name, has, asked.get(name), hosts, scope)
    findings.push(...about.map((one) => ({ key, ...(has ? { asked: asked.get(name) } : {}), ...one })))
    return {
      key,
      ...(has ? { asked: asked.get(name) } : {}),
      effective: Object.fromEntries(hosts.map((host) => [host.name, host.settings.get(name)?.shown ?? null])),
    }
  })
}
