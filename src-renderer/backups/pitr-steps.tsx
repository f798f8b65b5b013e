import type { PitrStep, PitrView } from '../../src-main/contract/backup.js'
import { Icon, type IconName } from '../ui/icons.js'
import { duration } from '../ui/format.js'

const marks: Record<PitrStep['state'], { icon: IconName; word: string }> = {
  waiting: { icon: 'idle', word: 'to come' },
  running: { icon: 'waiting', word: 'under way' },
  done: { icon: 'pass', word: 'done' },
  failed: { icon: 'fail', word: 'failed' },
}

/** The steps of a recovery with the commands that each runs, and what showed that it worked. */
export function PitrSteps({ view }: { view: PitrView }) {
  return (
    <ol className="pitr-steps">
      {view.steps.map((step) => (
        <li key={step.id} data-step={step.id} data-state={step.state}>
          <Icon name={marks[step.state].icon} />
          <div>
            <div className="pitr-head">
              <span className="strong">{step.title}</span>
              <span className="sr-only">{marks[step.state].word}</span>
              {step.seconds !== null && <span className="ink3 tn">{duration(step.seconds * 1000)}</span>}
            </div>
            <p className="ink2">{step.why}</p>
            {step.observed && <p className="mono t1 pitr-observed">{step.observed}</p>}
            {step.commands.length > 0 && (
              <details open={view.state === 'planned' || step.state === 'running'}>
                <summary className="ink3">{step.commands.length === 1 ? 'Command' : 'Commands'}</summary>
                {step.commands.map(({ on, run }) => (
                  <pre key={run}>
                    <span className="ink3">{on}$ </span>
                    {run}
                  </pre>
                ))}
              </details>
            )}
          </div>
        </li>
      ))}
    </ol>
  )
}
