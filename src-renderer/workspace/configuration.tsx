import { useEffect, useState, type ReactNode } from 'react'
import type { ConfigChange, ConfigFinding, ConfigValue, ConfigView } from '../../src-main/contract/config.js'
import { createClient } from '../app/connection.js'
import { useCall } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { Dialog } from '../ui/dialog.js'
import { Icon } from '../ui/icons.js'
import { InlineCode } from '../ui/inline-code.js'
import { SaidBox, sentence } from '../ui/said.js'
import { ChangeValue } from './change-value.js'
import { inForce, markOf, shortKey, spelled } from './config-words.js'
import './pages.css'

/** What is asked of Patroni beside what is in force on each host; a value can be changed from here. */
export function Configuration({ lab, onClose }: { lab: string; onClose: () => void }) {
  const [view, setView] = useState<ConfigView | null>(null)
  const [editing, setEditing] = useState<ConfigValue | 'new' | null>(null)
  const [done, setDone] = useState<ConfigChange | null>(null)
  const { run, failure, busy } = useCall(async () => setView(await createClient().config.get({ lab })))
  useEffect(() => void run(), [run])
  const edit = (value: ConfigValue | 'new') => {
    setDone(null)
    setEditing(value)
  }
  const change = (value: ConfigValue | null) => (
    <ChangeValue
      lab={lab}
      value={value}
      onDone={(made) => {
        setDone(made)
        setEditing(null)
        void run()
      }}
      onLeave={() => setEditing(null)}
    />
  )
  return (
    <Dialog title="Configuration" onClose={onClose} width={880}>
      <div className="page-sheet" aria-busy={busy}>
        {failure && <SaidBox said={failure} />}
        {failure && !view && (
          <div>
            <Button busy={busy} onClick={() => void run()}>
              Ask again
            </Button>
          </div>
        )}
        {!view && !failure && <p className="ink2">Etcd and every data host are asked.</p>}
        {view && (
          <>
            <p className="ink2">
              Patroni’s dynamic configuration, as {view.source === 'etcd' ? 'etcd' : `Patroni on ${view.source}`} has
              it, beside what each data host runs with.
            </p>
            {view.hosts.map(
              ({ name, why }) =>
                why !== undefined && (
                  <p key={name} className="row">
                    <Icon name="unknown" />
                    <span>
                      <span className="mono">{name}</span> does not answer: {why}
                    </span>
                  </p>
                ),
            )}
            {done && <Done change={done} />}
            <Values view={view} editing={editing} onEdit={edit} change={change} />
            {editing === 'new' ? (
              change(null)
            ) : (
              <div className="row">
                <Button onClick={() => edit('new')}>Set another key</Button>
                <Button look="quiet" busy={busy} onClick={() => void run()}>
                  Ask again
                </Button>
              </div>
            )}
          </>
        )}
      </div>
    </Dialog>
  )
}

function Values(props: {
  view: ConfigView
  editing: ConfigValue | 'new' | null
  onEdit: (value: ConfigValue) => void
  change: (value: ConfigValue) => ReactNode
}) {
  const { view, editing, onEdit, change } = props
  return (
    <div className="page-scroll">
      <table className="config-values">
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">Asked</th>
            <th scope="col">In force</th>
            <th scope="col">
              <span className="sr-only">change</span>
            </th>
          </tr>
        </thead>
        {view.values.map((value) => {
          const isEdited = editing !== null && editing !== 'new' && editing.key === value.key
          const about = view.findings.filter(({ key }) => key === value.key)
          return (
            <tbody key={value.key} data-key={value.key}>
              <tr>
                <th scope="row" className="mono" title={value.about ? `${value.key}: ${value.about}` : value.key}>
                  {shortKey(value.key)}
                </th>
                <td className="mono">
                  {value.asked === undefined ? <span className="ink3">default</span> : spelled(value.asked)}
                </td>
                <td className="mono">{inForce(value)}</td>
                <td>
                  <Button size="small" look="quiet" aria-label={`Change ${value.key}`} onClick={() => onEdit(value)}>
                    Change
                  </Button>
                </td>
              </tr>
              {about.map((one) => (
                <tr key={`${one.kind} ${one.host}`}>
                  <td colSpan={4}>
                    <Note finding={one} />
                  </td>
                </tr>
              ))}
              {isEdited && (
                <tr>
                  <td colSpan={4}>{change(value)}</td>
                </tr>
              )}
            </tbody>
          )
        })}
      </table>
    </div>
  )
}

/** Why a value is not in force as it was asked for, and what to do. */
function Note({ finding }: { finding: ConfigFinding }) {
  const { icon, word } = markOf(finding)
  return (
    <p className="config-note" data-kind={finding.kind}>
      <Icon name={icon} />
      <span>
        <span className="strong">{word}</span>
        {finding.host && (
          <>
            {' '}
            on <span className="mono">{finding.host}</span>
          </>
        )}
        {': '}
        <InlineCode text={sentence(finding.why)} /> <InlineCode text={sentence(finding.next)} />
      </span>
    </p>
  )
}

function Done({ change }: { change: ConfigChange }) {
  const { key, before, asked, changed, takenUp, seconds, restart } = change
  return (
    <div className="config-done" role="status">
      <Icon name="pass" />
      <p>
        <span className="mono strong">{key}</span>{' '}
        {changed ? (
          <span className="mono">
            {before === undefined ? 'default' : spelled(before)} → {asked === undefined ? 'default' : spelled(asked)}
          </span>
        ) : (
          'was so already'
        )}
        .{' '}
        {takenUp.length > 0
          ? `Taken up by ${takenUp.join(', ')} within ${seconds.toFixed(1)} s.`
          : 'No Patroni has taken it up yet.'}{' '}
        {restart.length === 0
          ? 'Nothing waits for a restart.'
          : restart.map(({ host, parameters }) => `${host} waits for a restart: ${parameters.join(', ')}.`).join(' ')}
      </p>
    </div>
  )
}
