import { useId, useState, type FormEvent } from 'react'
import type { FaultKindInfo } from '../../src-main/contract/fault.js'
import { createClient } from '../app/connection.js'
import { useCall } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { Dialog } from '../ui/dialog.js'
import { SaidBox } from '../ui/said.js'
import { optionFields, optionValues, type OptionField } from './fault-kinds.js'

export interface FaultChoice {
  kind?: string
  target?: string
}

/** Chooses what to break and where; the button says exactly that. */
export function InjectFault(props: {
  lab: string
  kinds: FaultKindInfo[]
  hosts: string[]
  dataHosts: string[]
  first: FaultChoice
  onClose: () => void
}) {
  const { lab, kinds, hosts, dataHosts, first, onClose } = props
  const [kindName, setKindName] = useState(first.kind ?? kinds[0]?.kind ?? '')
  const [host, setHost] = useState(first.target ?? dataHosts[0] ?? hosts[0] ?? '')
  const [typed, setTyped] = useState<Record<string, string>>({})
  const kind = kinds.find((each) => each.kind === kindName) ?? kinds[0]
  const targets = kind?.targets === 'data-host' ? dataHosts : hosts
  const target = targets.includes(host) ? host : (targets[0] ?? '')
  const fields = kind ? optionFields(kind.options) : []
  const inject = useCall(async () => {
    if (!kind) return
    await createClient().faults.inject({ lab, kind: kind.kind, target, options: optionValues(fields, typed) })
    onClose()
  })
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    void inject.run()
  }
  return (
    <Dialog title="Inject a fault" onClose={onClose} width={560}>
      <form className="fault-form" onSubmit={onSubmit}>
        <fieldset>
          <legend>Fault</legend>
          <div className="fault-kinds">
            {kinds.map((each) => (
              <label key={each.kind} className="option">
                <input
                  type="radio"
                  name="kind"
                  checked={each.kind === kind?.kind}
                  onChange={() => {
                    setKindName(each.kind)
                    setTyped({})
                  }}
                />
                <span>{each.action.replace('{host}', 'a host')}</span>
                <small>{each.summary}</small>
              </label>
            ))}
          </div>
        </fieldset>
        <fieldset>
          <legend>Host</legend>
          <div className="fault-targets">
            {targets.map((each) => (
              <label key={each} className="option mono">
                <input type="radio" name="target" checked={each === target} onChange={() => setHost(each)} />
                <span>{each}</span>
              </label>
            ))}
          </div>
        </fieldset>
        {fields.length > 0 && (
          <fieldset>
            <legend>Options</legend>
            <div className="fault-kinds">
              {fields.map((field) => (
                <OptionInput
                  key={field.name}
                  field={field}
                  value={typed[field.name] ?? field.start}
                  onChange={(value) => setTyped({ ...typed, [field.name]: value })}
                />
              ))}
            </div>
          </fieldset>
        )}
        {inject.failure && (
          <div style={{ padding: '8px 16px' }}>
            <SaidBox said={inject.failure} />
          </div>
        )}
        <footer>
          <Button type="submit" look="go" busy={inject.busy} disabled={!kind || !target} onClick={() => undefined}>
            {kind ? kind.action.replace('{host}', target) : 'No fault is known'}
          </Button>
          <Button onClick={onClose}>Leave it</Button>
          {inject.busy && <span className="ink2">It returns once the effect is proven.</span>}
        </footer>
      </form>
    </Dialog>
  )
}

function OptionInput(props: { field: OptionField; value: string; onChange: (value: string) => void }) {
  const { field, value, onChange } = props
  const id = useId()
  const choices = field.kind === 'flag' ? ['true', 'false'] : field.choices
  return (
    <div className="fault-option">
      <label htmlFor={id} className="mono">
        {field.name}
      </label>
      {choices.length > 0 ? (
        <select id={id} className="field" value={value} onChange={(event) => onChange(event.target.value)}>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          className="field mono"
          inputMode={field.kind === 'number' ? 'numeric' : 'text'}
          required={field.required}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          aria-describedby={`${id}-about`}
        />
      )}
      {field.about && (
        <small id={`${id}-about`} className="t1 ink3" style={{ gridColumn: 2 }}>
          {field.about}
        </small>
      )}
    </div>
  )
}
