import { healthSubsystems, type HealthReport } from '../contract/health.js'
import { ago, count, table } from './output.js'

const marks = { ok: 'ok', wrong: 'WRONG', unknown: '?' } as const

/** The page as a terminal shows it: what is wrong first, then everything that was looked at. */
export function healthText({ lab, topology, at, findings, areas }: HealthReport): string {
  const critical = findings.filter(({ severity }) => severity === 'critical').length
  const said = findings.length === 0 ? 'healthy' : `${count(findings.length, 'finding')}, ${critical} of them critical`
  const told = findings.map(({ rule, subsystem, severity, text, since, next }) =>
    [
      `${severity === 'critical' ? 'CRITICAL' : 'warning '}  ${subsystem}: ${text}`,
      `          ${since === null ? 'since when is not known' : `since ${ago(since, at)}`}; rule ${rule}`,
      `          next: ${next}\n`,
    ].join('\n'),
  )
  const hosts = [...new Set(areas.map(({ host }) => host))].toSorted((a, b) => Number(a !== null) - Number(b !== null))
  const subsystems = healthSubsystems.filter((one) => areas.some(({ subsystem }) => subsystem === one))
  const cell = (host: string | null, subsystem: string): string => {
    const found = areas.find((area) => area.host === host && area.subsystem === subsystem)
    return found ? marks[found.state] : ''
  }
  const rows = hosts.map((host) => [host ?? 'cluster', ...subsystems.map((subsystem) => cell(host, subsystem))])
  return `lab "${lab}"  ${topology}: ${said}\n\n${told.join('')}${told.length > 0 ? '\n' : ''}${table(rows, ['', ...subsystems])}`
}
