import { useEffect, useState } from 'react'
import { healthSubsystems, type HealthFinding, type HealthReport } from '../../src-main/contract/health.js'
import { serverNow } from '../app/clock.js'
import { connectedSoon, createClient, failureOf, type Failure } from '../app/connection.js'
import { useLabInfo } from '../app/lab-data.js'
import { CopyButton } from '../ui/copy-button.js'
import { Dialog } from '../ui/dialog.js'
import { age, count } from '../ui/format.js'
import { Icon } from '../ui/icons.js'
import { SaidBox } from '../ui/said.js'
import './pages.css'

/** While it is open it is asked anew so often. */
const everyMs = 3_000

type Said = { report: HealthReport; failure: null } | { report: null; failure: Failure | null }

async function healthOf(lab: string): Promise<Said> {
  try {
    await connectedSoon()
    return { report: await createClient().health.get({ lab }), failure: null }
  } catch (error) {
    return { report: null, failure: failureOf(error) }
  }
}

/** One page about a lab: what is wrong, since when, what to look at next, and everything that was looked at. */
export function Health({ lab, onClose }: { lab: string; onClose: () => void }) {
  const info = useLabInfo(lab)
  // what could not be asked now is not as it was: an old "nothing is wrong" would be believed
  const [{ report, failure }, setSaid] = useState<Said>({ report: null, failure: null })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    let closed = false
    const ask = async (): Promise<void> => {
      const said = await healthOf(lab)
      if (closed) return
      setSaid(said)
      timer = setTimeout(() => void ask(), everyMs)
    }
    void ask()
    return () => {
      closed = true
      clearTimeout(timer)
    }
  }, [lab])
  return (
    <Dialog title="Health" onClose={onClose} width={880}>
      <div className="page-sheet" aria-busy={report === null}>
        {failure && <SaidBox said={failure} />}
        {!report && !failure && <p className="ink2">Every host is asked.</p>}
        {report && (
          <>
            <Summary report={report} />
            <ul className="health-findings">
              {report.findings.map((one) => (
                <Finding key={`${one.rule} ${one.host} ${one.text}`} finding={one} at={report.at} />
              ))}
            </ul>
            <Areas report={report} order={info?.hosts.map(({ name }) => name) ?? []} />
            <p className="t1 ink3">
              <code className="mono">dojo health {lab}</code> says this in a terminal of yours,{' '}
              <code className="mono">cluster-health</code> on a host of the lab.
            </p>
          </>
        )}
      </div>
    </Dialog>
  )
}

function Summary({ report }: { report: HealthReport }) {
  const { findings, areas, healthy } = report
  const critical = findings.filter(({ severity }) => severity === 'critical').length
  const unknown = areas.filter(({ state }) => state === 'unknown').length
  const seen = `${count(areas.length, 'thing')} looked at${unknown > 0 ? `, ${unknown} could not be asked` : ''}`
  const wrong = `${count(findings.length, 'finding')}, ${critical === 0 ? 'none' : critical} critical`
  return (
    <p className="row health-summary" role="status">
      <Icon name={healthy ? 'pass' : critical > 0 ? 'fail' : 'diagnosis'} />
      <span className="t3 strong">{healthy ? 'Nothing is wrong' : wrong}</span>
      <span className="grow" />
      <span className="t1 ink3 tn">{seen}</span>
    </p>
  )
}

function Finding({ finding, at }: { finding: HealthFinding; at: number }) {
  const { severity, subsystem, host, rule, text, since, next } = finding
  const now = Math.max(at, serverNow())
  return (
    <li data-severity={severity} data-rule={rule}>
      <Icon name={severity === 'critical' ? 'fail' : 'diagnosis'} />
      <p>
        <span className="strong">{text}</span>
      </p>
      <span className="mono tn t1 ink2">{since === null ? 'since when is not known' : `for ${age(now - since)}`}</span>
      <p className="t1 ink3 health-what">
        {severity} · {subsystem}
        {host && <span className="mono"> {host}</span>} · <span className="mono">{rule}</span>
      </p>
      <p className="health-next">
        <span className="t1 ink3">look at</span>
        <code className="mono">{next}</code>
        <CopyButton text={next} what={next} />
      </p>
    </li>
  )
}

const shapes = { ok: 'pass', wrong: 'fail', warning: 'diagnosis', unknown: 'unknown' } as const
const words = { ok: 'ok', wrong: 'wrong', warning: 'a warning', unknown: 'could not be asked' } as const

/** A warning has its own shape here as in the list of findings: it is no failure. */
function lookOf({ findings }: HealthReport, { host, subsystem, state }: HealthReport['areas'][number]) {
  if (state !== 'wrong') return state
  const here = findings.filter((one) => one.host === host && one.subsystem === subsystem)
  return here.length > 0 && here.every(({ severity }) => severity !== 'critical') ? 'warning' : 'wrong'
}

/** Hosts by subsystems, so that "nothing wrong" can be told from "nobody looked". */
function Areas({ report, order }: { report: HealthReport; order: readonly string[] }) {
  const { areas } = report
  // the cluster first, then the hosts where they always stand, whoever leads
  const place = (host: string | null): number => (host === null ? -2 : order.indexOf(host))
  const hosts = [...new Set(areas.map(({ host }) => host))].toSorted((a, b) => place(a) - place(b))
  const subsystems = healthSubsystems.filter((one) => areas.some(({ subsystem }) => subsystem === one))
  return (
    <div className="page-scroll">
      <table className="health-areas">
        <caption className="sr-only">Everything that was looked at, by host and subsystem</caption>
        <thead>
          <tr>
            <td />
            {subsystems.map((subsystem) => (
              <th key={subsystem} scope="col">
                {subsystem}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hosts.map((host) => (
            <tr key={host ?? ''}>
              <th scope="row" className={host ? 'mono' : ''}>
                {host ?? 'cluster'}
              </th>
              {subsystems.map((subsystem) => {
                const found = areas.find((area) => area.host === host && area.subsystem === subsystem)
                const look = found && lookOf(report, found)
                return (
                  <td key={subsystem} title={look ? `${host ?? 'cluster'}, ${subsystem}: ${words[look]}` : undefined}>
                    {look && (
                      <>
                        <Icon name={shapes[look]} />
                        <span className="sr-only">{words[look]}</span>
                      </>
                    )}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
