import type { ConfigFinding } from '../../contract/config.js'
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

/** The file that Patroni writes. */
const isPatronis = (file: string): boolean => file.endsWith('/postgresql.conf')

type About = Omit<ConfigFinding, 'key' | 'asked'>

/** What is the same about all hosts is said once. */
export function findingsAbout(
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
  if (changed && row.sourceFile !== null && isPatronis(row.sourceFile)) {
    // for some parameters Patroni knows narrower limits than PostgreSQL has
    const why = `Patroni does not take it for this parameter, and writes ${row.shown}`
    return { kind: 'adjusted', effective: row.shown, why, next: 'Ask for a value that it takes' }
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
  const why = 'it is not in force here yet, or Patroni or something on the host sets it another way'
  return { kind: 'waiting', effective: row.shown, why, next: `Look again in a moment; then at pg_settings.sourcefile` }
}
