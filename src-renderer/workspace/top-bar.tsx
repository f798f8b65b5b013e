import type { AttemptView } from '../../src-main/contract/exercise.js'
import { useNow } from '../app/clock.js'
import { createClient } from '../app/connection.js'
import { useOverlays } from '../app/overlays.js'
import { goHome } from '../app/route.js'
import { useCall } from '../app/use-call.js'
import { currentStep } from '../guide/current-step.js'
import { BackupsButton } from '../backups/backups-button.js'
import { Button } from '../ui/button.js'
import { clock, moment } from '../ui/format.js'
import { Icon } from '../ui/icons.js'
import { FaultsMenu } from './faults-menu.js'
import { LabMenu } from './lab-menu.js'
import { Pulse } from './pulse.js'

/** Where you are, how the client fares, how long it has been, what is broken. */
export function TopBar(props: { lab: string; topology: string; attempt: AttemptView | null; total: number }) {
  const { lab, topology, attempt, total } = props
  const showHelp = useOverlays((state) => state.show)
  return (
    <header className="bar">
      <button className="bar-logo" type="button" aria-label="Home" title="Home" onClick={goHome}>
        <Icon name="logo" size={20} />
      </button>
      <LabMenu lab={lab} topology={topology} attempt={attempt} />
      {attempt && (
        <>
          <span className="bar-sep" />
          <span className="strong">{attempt.exercise.title}</span>
          <span className="ink3 wide-only" style={{ marginLeft: 8 }}>
            exercise {attempt.exercise.number} of {total}
          </span>
          <span className="bar-sep" />
          <StepMarks attempt={attempt} />
        </>
      )}
      <span className="grow" />
      <Pulse lab={lab} />
      {attempt && (
        <>
          <span className="bar-sep" />
          <AttemptClock attempt={attempt} />
        </>
      )}
      <span className="bar-sep" />
      <BackupsButton lab={lab} />
      <FaultsMenu lab={lab} />
      <Button size="small" look="quiet" keys="F1" style={{ marginLeft: 4 }} onClick={() => showHelp('help')}>
        Help
      </Button>
    </header>
  )
}

/** The steps as marks; a press looks at a step again, and the state is in the shape and in the words. */
function StepMarks({ attempt }: { attempt: AttemptView }) {
  const look = useCall((step: number) => createClient().attempts.look({ attempt: attempt.id, step }))
  const current = currentStep(attempt) + 1
  return (
    <>
      <ol className="step-marks" aria-label="Steps">
        {attempt.steps.map((step, index) => (
          <li key={step.id}>
            <button
              type="button"
              data-state={step.state}
              data-shown={index === attempt.step.index && step.state !== 'current'}
              data-here={index === current - 1 && attempt.state === 'running'}
              disabled={step.state === 'ahead'}
              aria-current={index === attempt.step.index ? 'step' : undefined}
              aria-label={`Step ${index + 1}, ${step.state}: ${step.title}`}
              title={
                step.doneAt
                  ? `${step.title}, done at ${moment(step.doneAt - attempt.startedAt)}`
                  : `Step ${index + 1}: ${step.title}`
              }
              onClick={() => void look.run(index)}
            >
              <i />
            </button>
          </li>
        ))}
      </ol>
      <span style={{ marginLeft: 12 }}>
        {attempt.state === 'finished' ? 'Finished' : `Step ${current} of ${attempt.steps.length}`}
      </span>
    </>
  )
}

function AttemptClock({ attempt }: { attempt: AttemptView }) {
  const now = useNow(1000)
  return (
    <time
      className="mono tn"
      style={{ fontWeight: 500 }}
      title="Since this attempt began"
      role="timer"
      aria-label="Since this attempt began"
    >
      {clock((attempt.endedAt ?? now) - attempt.startedAt)}
    </time>
  )
}
