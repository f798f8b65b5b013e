import { useState, type FormEvent } from 'react'
import { typedValue, type ConfigChange, type ConfigJson, type ConfigValue } from '../../src-main/contract/config.js'
import { createClient } from '../app/connection.js'
import { useCall } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { SaidBox } from '../ui/said.js'
import { spelled } from './config-words.js'

/** Asks for a value, shows once what will happen, and does it. `value` null: of a key that is not listed. */
export function ChangeValue(props: {
  lab: string
  value: ConfigValue | null
  onDone: (change: ConfigChange) => void
  onLeave: () => void
}) {
  const { lab, value, onDone, onLeave } = props
  const [key, setKey] = useState(value?.key ?? '')
  const [text, setText] = useState(value?.asked === undefined ? '' : spelled(value.asked))
  const [wanted, setWanted] = useState<{ value: ConfigJson } | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const set = useCall(async (next: ConfigJson) =>
    onDone(await createClient().config.set({ lab, key: key.trim(), value: next })),
  )
  const review = (next: () => ConfigJson) => {
    try {
      setWanted({ value: next() })
      setProblem(null)
    } catch (error) {
      setProblem(`It begins like JSON, and ${(error as Error).message}`)
    }
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    if (key.trim() !== '' && text !== '') review(() => typedValue(text))
  }
  if (wanted) {
    const out = wanted.value === null
    const from = value?.asked === undefined ? '' : ` from ${spelled(value.asked)}`
    return (
      <div className="config-change" role="group" aria-label={`Confirm the change of ${key}`}>
        <p>
          <span className="mono strong">{key}</span>
          {out ? `: out of the dynamic configuration, so that the default holds.` : `${from} to `}
          {!out && <span className="mono strong">{spelled(wanted.value)}</span>}
          {!out && ', on every host, through Patroni.'}
        </p>
        {set.failure && <SaidBox said={set.failure} />}
        <div className="row">
          <Button look="go" busy={set.busy} autoFocus onClick={() => void set.run(wanted.value)}>
            {out ? `Take ${key} out` : `Change ${key}`}
          </Button>
          <Button
            onClick={() => {
              set.clear()
              setWanted(null)
            }}
          >
            Back
          </Button>
          {set.busy && <span className="ink2">It returns once every Patroni has taken it up.</span>}
        </div>
      </div>
    )
  }
  return (
    <form className="config-change" onSubmit={onSubmit}>
      {value === null && (
        <label>
          <span className="t1 ink3">Key</span>
          <input
            className="field mono"
            value={key}
            placeholder="postgresql.parameters.work_mem"
            onChange={(event) => setKey(event.target.value)}
            autoFocus
          />
        </label>
      )}
      <label>
        <span className="t1 ink3">{value ? 'New value' : 'Value'}</span>
        <input
          className="field mono"
          aria-label={value ? `New value of ${value.key}` : undefined}
          value={text}
          onChange={(event) => setText(event.target.value)}
          autoFocus={value !== null}
        />
      </label>
      {value?.about && <p className="t1 ink3">{value.about}</p>}
      {problem && <p className="fault-problem">{problem}</p>}
      <div className="row">
        <Button type="submit" look="go" disabled={key.trim() === '' || text === ''}>
          Review the change
        </Button>
        {value?.asked !== undefined && <Button onClick={() => review(() => null)}>Take it out</Button>}
        <Button onClick={onLeave}>Leave it</Button>
      </div>
    </form>
  )
}
