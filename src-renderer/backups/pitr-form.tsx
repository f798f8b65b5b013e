import { useEffect, useState, type FormEvent } from 'react'
import type { BackupsView, PitrMode, PitrTarget, PitrView, TargetKind } from '../../src-main/contract/backup.js'
import { createClient } from '../app/connection.js'
import { useCall } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { SaidBox } from '../ui/said.js'
import { Segments } from '../ui/segments.js'
import { PitrSteps } from './pitr-steps.js'
import { momentOf, utcMoment } from '../ui/utc.js'

const kinds = [
  { value: 'time', label: 'Time' },
  { value: 'lsn', label: 'LSN' },
  { value: 'xid', label: 'Transaction' },
  { value: 'name', label: 'Restore point' },
] as const
const modes = [
  { value: 'beside', label: 'Beside the cluster' },
  { value: 'whole', label: 'The whole cluster' },
] as const

/** Chooses a target, shows every step and its commands first, and then begins. */
export function PitrForm({ view, onTarget }: { view: BackupsView; onTarget: (at: number | null) => void }) {
  const { lab, window, repository } = view
  const [mode, setMode] = useState<PitrMode>('beside')
  const [kind, setKind] = useState<TargetKind>('time')
  // a moment that is there to be changed; it does not go on with the clock under somebody's hands
  const [values, setValues] = useState<Partial<Record<TargetKind, string>>>(() =>
    window ? { time: utcMoment(window.to) } : {},
  )
  const [exclusive, setExclusive] = useState(false)
  const [plan, setPlan] = useState<PitrView | null>(null)
  const value = values[kind] ?? ''
  const moment = kind === 'time' ? momentOf(value) : null
  useEffect(() => onTarget(moment), [onTarget, moment])
  const target: PitrTarget = { kind, value, exclusive }
  const look = useCall(async () => setPlan(await createClient().pitr.plan({ lab, repository, mode, target })))
  const begin = useCall(() => createClient().pitr.start({ lab, repository, mode, target }))
  const change = (): void => {
    setPlan(null)
    look.clear()
    begin.clear()
  }
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    void look.run()
  }
  return (
    <form className="pitr-form" onSubmit={onSubmit}>
      <div className="pitr-fields">
        <Segments
          label="What goes back"
          choices={modes}
          value={mode}
          onChange={(next) => {
            setMode(next)
            change()
          }}
        />
        <Segments
          label="Kind of target"
          choices={kinds}
          value={kind}
          onChange={(next) => {
            setKind(next)
            change()
          }}
        />
        <input
          className="field mono"
          aria-label={kind === 'time' ? 'Target, in UTC' : 'Target'}
          required
          value={value}
          spellCheck={false}
          placeholder={{ time: '2026-11-26 14:03:12.345678', lsn: '0/5000028', xid: '752', name: 'before-batch' }[kind]}
          onChange={(event) => {
            setValues({ ...values, [kind]: event.target.value })
            change()
          }}
        />
        {kind === 'time' && <span className="mono ink2">UTC</span>}
        <label className="pitr-before">
          <input
            type="checkbox"
            checked={exclusive}
            disabled={kind === 'name'}
            onChange={(event) => {
              setExclusive(event.target.checked)
              change()
            }}
          />
          stop just before it
        </label>
      </div>
      <p className="ink2">
        {mode === 'beside'
          ? `A copy is restored on ${repository} and left running on its socket; production goes on.`
          : `It is rehearsed on ${repository} first. Then production stops, goes back, and everything after the target is gone.`}
      </p>
      {look.failure && <SaidBox said={look.failure} />}
      {begin.failure && <SaidBox said={begin.failure} />}
      <div className="row">
        <Button type="submit" busy={look.busy}>
          Show the steps
        </Button>
        {plan && (
          <Button look="go" busy={begin.busy} onClick={() => void begin.run()}>
            {mode === 'beside' ? `Restore on ${plan.spare}` : `Take ${lab} back`}
          </Button>
        )}
        {plan && <span className="ink2">Nothing was done yet. It begins from {plan.backup}.</span>}
      </div>
      {plan && <PitrSteps view={plan} />}
    </form>
  )
}
