import { useState } from 'react'
import type { FaultRecord } from '../../src-main/contract/fault.js'
import { useNow } from '../app/clock.js'
import { useCommands } from '../app/commands.js'
import { createClient } from '../app/connection.js'
import { useCluster } from '../app/lab-data.js'
import { useCall } from '../app/use-call.js'
import { kindWords } from '../topology/scene-cuts.js'
import { Button } from '../ui/button.js'
import { age, count } from '../ui/format.js'
import { Icon } from '../ui/icons.js'
import { PopoverButton } from '../ui/popover.js'
import { SaidBox, sentence } from '../ui/said.js'
import { InjectFault, type FaultChoice } from './inject-fault.js'
import { dueWords, sortedFaults } from './fault-schedule.js'
import { useFaultKinds } from './fault-kinds.js'

/** What is broken now and by whom, how to heal it, and how to break something. */
export function FaultsMenu({ lab }: { lab: string }) {
  const { cluster } = useCluster(lab)
  const { kinds, failure } = useFaultKinds()
  const [choice, setChoice] = useState<FaultChoice | null>(null)
  const now = useNow(10_000)
  const { active: faults, scheduled, failed } = sortedFaults(cluster?.faults ?? [], now)
  const later = scheduled.length > 0 ? `, ${scheduled.length} scheduled` : ''
  const hosts = cluster?.hosts.map(({ name }) => name) ?? []
  const dataHosts = cluster?.hosts.filter(({ patroni }) => patroni).map(({ name }) => name) ?? []
  const healAll = useCall(() => createClient().faults.heal({ lab }))
  useCommands('faults', [
    {
      id: 'inject',
      title: 'Inject a fault',
      group: 'Faults',
      keys: 'Alt F',
      notInTerminal: true,
      run: () => setChoice({}),
    },
    ...(faults.length + scheduled.length > 0
      ? [{ id: 'heal-all', title: 'Heal every fault', group: 'Faults' as const, run: () => void healAll.run() }]
      : []),
    ...hosts.map((host) => ({
      id: `fault-on-${host}`,
      title: `Inject a fault on ${host}`,
      group: 'Faults' as const,
      run: () => setChoice({ target: host }),
    })),
    ...kinds.flatMap((kind) =>
      (kind.targets === 'data-host' ? dataHosts : hosts).map((host) => ({
        id: `fault-${kind.kind}-${host}`,
        title: kind.action.replace('{host}', host),
        group: 'Faults' as const,
        run: () => setChoice({ kind: kind.kind, target: host }),
      })),
    ),
  ])
  return (
    <>
      <PopoverButton
        width={440}
        button={{ size: 'small' }}
        label={
          faults.length > 0 ? (
            <>
              <Icon name="fault" />
              {`${count(faults.length, 'fault')} active${later}`}
            </>
          ) : (
            `Faults${later}`
          )
        }
        accessibleName={
          faults.length > 0 ? `${count(faults.length, 'fault')} active${later}: faults` : `Faults${later}`
        }
      >
        {(close) => (
          <div className="faults-sheet">
            <h3>{faults.length > 0 ? 'Active faults' : 'No fault is active'}</h3>
            {faults.length === 0 && scheduled.length === 0 && (
              <p className="fault-none">Every host runs as its topology says, as far as faults go.</p>
            )}
            <ul>
              {faults.map((fault) => (
                <FaultItem key={fault.id} lab={lab} fault={fault} />
              ))}
            </ul>
            {scheduled.length > 0 && (
              <>
                <h3>Scheduled</h3>
                <ul>
                  {scheduled.map((fault) => (
                    <ScheduledItem key={fault.id} lab={lab} fault={fault} />
                  ))}
                </ul>
              </>
            )}
            {failed.length > 0 && (
              <>
                <h3>Did not take effect</h3>
                <ul>
                  {failed.map((fault) => (
                    <FailedItem key={fault.id} fault={fault} now={now} />
                  ))}
                </ul>
              </>
            )}
            {healAll.failure && <SaidBox said={healAll.failure} />}
            {failure && <SaidBox said={failure} />}
            <footer>
              <Button
                size="small"
                onClick={() => {
                  close()
                  setChoice({})
                }}
              >
                Inject a fault
              </Button>
              {faults.length + scheduled.length > 1 && (
                <Button size="small" busy={healAll.busy} onClick={() => void healAll.run()}>
                  Heal all
                </Button>
              )}
            </footer>
          </div>
        )}
      </PopoverButton>
      {choice && (
        <InjectFault
          lab={lab}
          kinds={kinds}
          hosts={hosts}
          dataHosts={dataHosts}
          cluster={cluster}
          first={choice}
          onClose={() => setChoice(null)}
        />
      )}
    </>
  )
}

const byWhom: Record<FaultRecord['by'], string> = {
  learner: 'by you',
  exercise: 'by the exercise',
  cli: 'from the command line',
  proof: 'by a proof run',
}

function FaultItem({ lab, fault }: { lab: string; fault: FaultRecord }) {
  const now = useNow(1000)
  const heal = useCall(() => createClient().faults.heal({ lab, id: fault.id }))
  const due = dueWords(fault, now)
  const since = `${age(now - fault.appliedAt)}, ${byWhom[fault.by]}${due ? `; ${due}` : ''}`
  const words = fault.state === 'active' ? since : fault.state
  return (
    <li className="fault-item">
      <Icon name="fault" />
      <span>
        <span className="mono strong">{fault.target}</span> {kindWords(fault)}{' '}
        <span className="mono t1 ink2 tn">{words}</span>
      </span>
      <Button
        size="small"
        aria-label={`Heal ${fault.target}: ${fault.kind}`}
        busy={heal.busy || fault.state === 'healing'}
        onClick={() => void heal.run()}
      >
        Heal {fault.target}
      </Button>
      {(fault.did ?? fault.effect) && (
        <p className="t1">
          {fault.did && sentence(fault.did)}
          {fault.effect && ` Proof: ${sentence(fault.effect.observed)}`}
        </p>
      )}
      {heal.failure && (
        <div style={{ gridColumn: '1 / -1' }}>
          <SaidBox said={heal.failure} />
        </div>
      )}
    </li>
  )
}

/** What was tried and undone; there is nothing to heal. */
function FailedItem({ fault, now }: { fault: FaultRecord; now: number }) {
  return (
    <li className="fault-item">
      <Icon name="fail" />
      <span>
        <span className="mono strong">{fault.target}</span> {kindWords(fault)}{' '}
        <span className="mono t1 ink2 tn">
          {age(now - (fault.healedAt ?? fault.appliedAt))} ago, {byWhom[fault.by]}
        </span>
      </span>
      {fault.effect && <p className="t1">{sentence(fault.effect.observed)}</p>}
    </li>
  )
}

/** A fault that is still to come; a role is resolved when it does. */
function ScheduledItem({ lab, fault }: { lab: string; fault: FaultRecord }) {
  const now = useNow(1000)
  const cancel = useCall(() => createClient().faults.heal({ lab, id: fault.id }))
  return (
    <li className="fault-item">
      <Icon name="waiting" />
      <span>
        <span className="mono strong">{fault.target}</span> {kindWords(fault)}{' '}
        <span className="mono t1 ink2 tn">
          {dueWords(fault, now)}, {byWhom[fault.by]}
        </span>
      </span>
      <Button
        size="small"
        aria-label={`Cancel ${fault.kind} on ${fault.target}, ${dueWords(fault, now)}`}
        busy={cancel.busy}
        onClick={() => void cancel.run()}
      >
        Cancel
      </Button>
      {cancel.failure && (
        <div style={{ gridColumn: '1 / -1' }}>
          <SaidBox said={cancel.failure} />
        </div>
      )}
    </li>
  )
}
