import { useId } from 'react'
import { listOf, optionProblem, optionWords, type OptionField } from './fault-kinds.js'

/** One option of a fault as a control: what it is follows from its schema. */
export function OptionInput(props: {
  field: OptionField
  value: string
  /** Hosts that can be named; the target itself is none of them. */
  hosts: readonly string[]
  onChange: (value: string) => void
}) {
  const { field, value, hosts, onChange } = props
  const id = useId()
  const problem = optionProblem(field, value)
  const said = problem ?? field.about
  const about = said && (
    <small
      id={`${id}-about`}
      className={problem ? 'fault-problem' : 't1 ink3'}
      role={problem && value ? 'alert' : undefined}
    >
      {said}
    </small>
  )
  const words = optionWords(field.name)
  if (field.kind === 'hosts' || field.kind === 'several') {
    const chosen = listOf(value)
    const choices = field.kind === 'hosts' ? hosts : field.choices
    return (
      <div
        className="fault-option"
        role="group"
        aria-label={words}
        aria-describedby={about ? `${id}-about` : undefined}
      >
        <span className="mono" title={field.name}>
          {words}
        </span>
        <div className="fault-targets">
          {choices.map((choice) => (
            <label key={choice} className="option mono">
              <input
                type="checkbox"
                checked={chosen.includes(choice)}
                onChange={({ target }) =>
                  onChange(
                    choices.filter((each) => (each === choice ? target.checked : chosen.includes(each))).join(', '),
                  )
                }
              />
              <span>{choice}</span>
            </label>
          ))}
        </div>
        {about}
      </div>
    )
  }
  const choices = field.kind === 'flag' ? ['true', 'false'] : field.choices
  return (
    <div className="fault-option">
      <label htmlFor={id} className="mono" title={field.name}>
        {words}
      </label>
      {choices.length > 0 ? (
        <select
          id={id}
          className="field"
          value={value}
          aria-describedby={about ? `${id}-about` : undefined}
          onChange={(event) => onChange(event.target.value)}
        >
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          className="field mono"
          inputMode={field.kind === 'number' ? 'decimal' : 'text'}
          value={value}
          aria-required={field.required || undefined}
          aria-invalid={(problem !== null && value !== '') || undefined}
          aria-describedby={about ? `${id}-about` : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {about}
    </div>
  )
}
