import { Fragment, type ReactNode } from 'react'
import type { NotHonoured } from '../../src-main/contract/config.js'
import type { Failure } from '../app/connection.js'
import { createClient } from '../app/connection.js'
import { useHome, useLabInfo } from '../app/lab-data.js'
import { useCall } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { CopyButton } from '../ui/copy-button.js'
import { minutes } from '../ui/format.js'
import { InlineCode } from '../ui/inline-code.js'
import { Panel } from '../ui/panel.js'
import { SaidBox, sentence } from '../ui/said.js'

/** What stands in the guide's place while no exercise runs: how to reach the lab, and exercises that fit it. */
export function LabNotes(props: { lab: string; waiting: boolean; failure: Failure | null }) {
  const { lab, waiting, failure } = props
  const info = useLabInfo(lab)
  const { home } = useHome()
  const start = useCall((slug: string) => createClient().exercises.start({ slug, lab }))
  const fitting = home?.exercises.filter((exercise) => exercise.topology === info?.topology) ?? []
  return (
    <Panel id="guide" title="Lab" note={waiting ? 'looking for its exercise' : 'no exercise runs here'}>
      <div className="lab-notes" tabIndex={-1} data-panel-focus>
        {failure && <SaidBox said={failure} />}
        {info && (
          <>
            <p className="ink2 t3">{info.spec.summary}.</p>
            <h3>Reach it from this machine</h3>
            <dl>
              <Address label="writes" value={addressOf(info.client.readWrite)} />
              {info.client.readOnly && <Address label="reads" value={addressOf(info.client.readOnly)} />}
              <Address label="psql" value={`dojo psql ${lab}`} />
              <Address label="a host's shell" value={`dojo shell ${lab} ${info.hosts[0]?.name ?? 'HOST'}`} />
              <Address label="passwords" value={info.credentials} />
            </dl>
            <h3>Hosts</h3>
            <dl>
              {info.hosts.map((host) => (
                <div key={host.name}>
                  <dt className="mono" style={{ color: 'var(--ink)' }}>
                    {host.name}
                  </dt>
                  <dd className="mono ink2">{host.services.join(', ')}</dd>
                  <dd className="mono ink3">{host.address}</dd>
                </div>
              ))}
            </dl>
            <h3>Settings</h3>
            <p className="mono ink2">
              {Object.entries(info.settings.patroni)
                .filter(([, value]) => value !== false)
                .map(([name, value]) => `${name} ${value === true ? 'on' : value}`)
                .join(', ')}
            </p>
          </>
        )}
        {info?.patroni && <OwnPatroni notHonoured={info.patroni.notHonoured} />}
        {fitting.length > 0 && <h3>Exercises for this topology</h3>}
        {fitting.map((exercise) => (
          <div className="row" key={exercise.slug} style={{ minHeight: 36 }}>
            <span className="grow">
              {exercise.title} <span className="mono t1 ink3">{minutes(exercise.minutes)}</span>
            </span>
            <Button size="small" busy={start.busy} onClick={() => void start.run(exercise.slug)}>
              Start {exercise.title} here
            </Button>
          </div>
        ))}
        {start.failure && <SaidBox said={start.failure} />}
      </div>
    </Panel>
  )
}

/** What the lab made of a person's own configuration, key by key. */
function OwnPatroni({ notHonoured }: { notHonoured: NotHonoured[] }) {
  return (
    <>
      <h3>Your Patroni configuration</h3>
      {notHonoured.length === 0 && <p className="ink2">Every key of your file is taken as it is.</p>}
      <dl className="own-keys">
        {notHonoured.map(({ key, line, outcome, effective, why }) => (
          <div key={`${line} ${key}`}>
            <dt>line {line}</dt>
            <dd>
              <span className="mono">{key}</span> {effective === undefined ? outcome : `${outcome} to ${effective}`}
              <p className="t1 ink3">
                <InlineCode text={sentence(why)} />
              </p>
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}

const addressOf = ({ host, port }: { host: string; port: number }): string => `${host}:${port}`

/** A path breaks after a slash rather than within a name. */
const breakable = (value: string): ReactNode =>
  value.split(/(?<=\/)/).map((piece, index) => (
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {piece}
    </Fragment>
  ))

function Address({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="mono">{breakable(value)}</dd>
      <dd>
        <CopyButton text={value} what={label} />
      </dd>
    </div>
  )
}
