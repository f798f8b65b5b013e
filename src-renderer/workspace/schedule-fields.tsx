import { useId } from 'react'
import { readSchedule, type TypedSchedule } from './fault-schedule.js'

const fields = [
  { name: 'after', label: 'After', unit: 's' },
  { name: 'for', label: 'For', unit: 's' },
  { name: 'every', label: 'Every', unit: 's' },
  { name: 'times', label: 'Times', unit: '' },
] as const

/** When a fault is injected, for how long, and how often. All empty: now, until it is healed. */
export function ScheduleFields(props: { typed: TypedSchedule; onChange: (typed: TypedSchedule) => void }) {
  const { typed, onChange } = props
  const id = useId()
  const { words, problem } = readSchedule(typed)
  return (
    <fieldset>
      <legend>When</legend>
      <div className="fault-schedule">
        {fields.map(({ name, label, unit }) => (
          <label key={name}>
            <span className="t1 ink3">{label}</span>
            <input
              className="field mono"
              inputMode="decimal"
              autoComplete="off"
              value={typed[name]}
              aria-label={unit ? `${label}, in seconds` : label}
              aria-describedby={id}
              aria-invalid={problem !== null || undefined}
              onChange={(event) => onChange({ ...typed, [name]: event.target.value })}
            />
            <span className="mono t1 ink3">{unit}</span>
          </label>
        ))}
      </div>
      <p id={id} className={problem ? 'fault-problem' : 't1 ink2'} role={problem ? 'alert' : undefined}>
        {problem ?? words}
      </p>
    </fieldset>
  )
}
