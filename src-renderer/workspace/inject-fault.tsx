import { useState, type FormEvent } from 'react'
import type { ClusterState } from '../../src-main/contract/cluster.js'
import type { FaultKindInfo } from '../../src-main/contract/fault.js'
import { createClient } from '../app/connection.js'
import { useLabInfo } from '../app/lab-data.js'
import { useCall } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { Dialog } from '../ui/dialog.js'
import { SaidBox } from '../ui/said.js'
import { fieldHere, optionFields, optionProblem, optionValues } from './fault-kinds.js'
import { noSchedule, readSchedule } from './fault-schedule.js'
import { targetsFor, type FaultTargetChoice } from './fault-targets.js'
import { KindList } from './kind-list.js'
import { OptionInput } from './option-input.js'
import { ScheduleFields } from './schedule-fields.js'

export interface FaultChoice {
  kind?: string
  target?: string
}

/** Chooses what to break, where and when; the button says exactly that. */
export function InjectFault(props: {
  lab: string
  kinds: FaultKindInfo[]
  hosts: string[]
  dataHosts: string[]
  cluster: ClusterState | null
  first: FaultChoice
  onClose: () => void
}) {
  const { lab, kinds, hosts, dataHosts, cluster, first, onClose } = props
  const [kindName, setKindName] = useState(first.kind ?? kinds[0]?.kind ?? '')
  const [wanted, setWanted] = useState(first.target ?? dataHosts[0] ?? hosts[0] ?? '')
  const [typed, setTyped] = useState<Record<string, string>>({})
  const [when, setWhen] = useState(noSchedule)
  const kind = kinds.find((each) => each.kind === kindName) ?? kinds[0]
  const targets = targetsFor(kind, hosts, dataHosts, cluster)
  const all = [...targets.hosts, ...targets.roles]
  const target = all.find((each) => each.target === wanted) ?? all[0]
  const services = useLabInfo(lab)?.hosts.flatMap((host) => host.services) ?? null
  const fields = kind ? optionFields(kind.options).map((field) => fieldHere(field, services)) : []
  const { schedule, problem: wrongTime } = readSchedule(when)
  const problem =
    wrongTime ?? fields.map((field) => optionProblem(field, typed[field.name] ?? field.start)).find(Boolean) ?? null
  const inject = useCall(async () => {
    if (!kind || !target || problem) return
    const options = optionValues(fields, typed)
    await createClient().faults.inject({
      lab,
      kind: kind.kind,
      target: target.target,
      options,
      ...(schedule && { schedule }),
    })
    onClose()
  })
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    void inject.run()
  }
  const isLater = (schedule?.afterMs ?? 0) > 0
  return (
    <Dialog title="Inject a fault" onClose={onClose} width={880}>
      <form className="fault-form" onSubmit={onSubmit}>
        <div className="fault-columns">
          <KindList
            kinds={kinds}
            chosen={kind?.kind ?? ''}
            onChoose={(name) => {
              setKindName(name)
              setTyped({})
            }}
          />
          <div className="fault-details">
            <div className="fault-scroll">
              <fieldset>
                <legend>Target</legend>
                <div className="fault-targets">
                  {targets.hosts.map((each) => (
                    <Target key={each.target} choice={each} chosen={target} onChoose={setWanted} />
                  ))}
                </div>
                <div className="fault-targets">
                  {targets.roles.map((each) => (
                    <Target key={each.target} choice={each} chosen={target} onChoose={setWanted} />
                  ))}
                </div>
              </fieldset>
              {fields.length > 0 && (
                <fieldset>
                  <legend>Options</legend>
                  {fields.map((field) => (
                    <OptionInput
                      key={`${kind?.kind} ${field.name}`}
                      field={field}
                      value={typed[field.name] ?? field.start}
                      hosts={hosts.filter((host) => host !== target?.target)}
                      onChange={(value) => setTyped({ ...typed, [field.name]: value })}
                    />
                  ))}
                </fieldset>
              )}
            </div>
            <ScheduleFields typed={when} onChange={setWhen} />
          </div>
        </div>
        {inject.failure && (
          <div style={{ padding: '8px 16px' }}>
            <SaidBox said={inject.failure} />
          </div>
        )}
        <footer>
          <Button type="submit" look="go" busy={inject.busy} disabled={!kind || !target || problem !== null}>
            {kind && target ? kind.action.replace('{host}', target.words) : 'No fault is known'}
            {isLater && ', later'}
          </Button>
          <Button onClick={onClose}>Leave it</Button>
          {inject.busy && <span className="ink2">It returns once the effect is proven.</span>}
        </footer>
      </form>
    </Dialog>
  )
}

function Target(props: {
  choice: FaultTargetChoice
  chosen: FaultTargetChoice | undefined
  onChoose: (target: string) => void
}) {
  const { choice, chosen, onChoose } = props
  return (
    <label className="option mono">
      <input
        type="radio"
        name="target"
        checked={choice.target === chosen?.target}
        onChange={() => onChoose(choice.target)}
      />
      <span>
        {choice.target}
        {choice.now && <span className="ink3 t1"> {choice.now}</span>}
      </span>
    </label>
  )
}
