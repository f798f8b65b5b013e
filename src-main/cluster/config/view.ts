import type { ConfigFinding, ConfigValue, ConfigView } from '../../contract/config.js'
import {
  dynamicKeys,
  keyProblem,
  keysAlwaysShown,
  localPostgresqlKeys,
  timeoutsOf,
  yesOrNo,
} from '../../lab/patroni-rules.js'
import { changedByPatroni, isInForce, valueProblem, type SettingRow } from './parameters.js'

/** What one data host said when it was asked. */
export interface HostReading {
  name: string
  /** Why there is nothing of it. */
  why?: string
  /** By name, of those that were asked for and of those that wait for a restart. */
  settings: ReadonlyMap<string, SettingRow>
  /** What waits for a restart, as Patroni says: it may run a standby with more than was asked, as its primary has more. */
  restart: readonly string[]
  /** `postgresql.parameters` of the host's own patroni.yml; null where it could not be read. */
  own: Readonly<Record<string, unknown>> | null
}

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
  return typeof asked === 'object' ? JSON.stringify(asked) : String(asked)
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

type About = Omit<ConfigFinding, 'key' | 'asked'>

/** What is the same about all hosts is said once. */
function findingsAbout(
  name: string,
  has: boolean,
  asked: unknown,
  hosts: readonly HostReading[],
  scope: string,
): About[] {
  const heard = hosts.filter(({ why }) => why === undefined)
  const all = heard.flatMap((host): About[] => {
    const about = aboutHost(name, has, asked, host)
    if (!about) return []
    const restart = `\`patronictl restart ${scope} ${host.name}\``
    return [{ host: host.name, ...about, next: about.kind === 'restart' ? restart : about.next }]
  })
  const [first] = all
  const isSame = ({ kind, effective, why }: About): boolean =>
    kind === first!.kind && effective === first!.effective && why === first!.why
  if (!first || heard.length < 2 || all.length < heard.length || !all.every(isSame)) return all
  const next = first.kind === 'restart' ? `\`patronictl restart ${scope}\`` : first.next
  return [{ ...first, host: null, next }]
}

function aboutHost(name: string, has: boolean, asked: unknown, host: HostReading): Omit<About, 'host'> | null {
  const row = host.settings.get(name)
  if (!row) {
    // a name with a point belongs to an extension, which may not be loaded
    if (name.includes('.')) return null
    const why = 'PostgreSQL 17 has no such parameter: Patroni leaves it out of postgresql.conf'
    return { kind: 'refused', effective: null, why, next: 'Correct the name, or take it out' }
  }
  if (row.pendingRestart || host.restart.includes(name)) {
    const why = 'PostgreSQL takes it up only when it starts'
    return { kind: 'restart', effective: row.shown, why, next: '' }
  }
  if (!has || isInForce(asked, row)) return null
  const problem = valueProblem(asked, row)
  if (problem) {
    const why = `${problem}: Patroni leaves it out`
    return { kind: 'refused', effective: row.shown, why, next: 'Correct the value, or take it out' }
  }
  const changed = changedByPatroni(name, asked, row)
  if (changed && (changed.to === null || isInForce(changed.to, row))) {
    return { kind: changed.kind, effective: row.shown, why: changed.why, next: 'Ask for a value that it takes' }
  }
  if (row.sourceFile?.endsWith('postgresql.auto.conf')) {
    const why = 'somebody said ALTER SYSTEM on this host, and postgresql.auto.conf wins'
    return { kind: 'overridden', effective: row.shown, why, next: `ALTER SYSTEM RESET ${name}, then reload` }
  }
  const own = Object.keys(host.own ?? {}).find((each) => each.toLowerCase() === name)
  if (own !== undefined) {
    const why = `the host’s own patroni.yml says ${JSON.stringify(host.own![own])}, and that wins`
    return { kind: 'overridden', effective: row.shown, why, next: 'Take it out of that file, then `patronictl reload`' }
  }
  const why = 'it is not in force here yet, or something on the host sets it another way'
  return { kind: 'waiting', effective: row.shown, why, next: `Look again in a moment; then at pg_settings.sourcefile` }
}
