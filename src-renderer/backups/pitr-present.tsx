import type { PitrView } from '../../src-main/contract/backup.js'
import { createClient } from '../app/connection.js'
import { useCall } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { SaidBox } from '../ui/said.js'
import { PitrSteps } from './pitr-steps.js'

const states: Record<PitrView['state'], string> = {
  planned: 'planned',
  running: 'under way',
  interrupted: 'cut off: the app ended in the middle of it',
  failed: 'stopped at a step that failed',
  done: 'done',
  removed: 'removed',
}

export const isPresent = (view: PitrView | null): view is PitrView =>
  view !== null && !(view.state === 'removed' || view.state === 'planned')

/** The recovery that runs, or the last one, with what can be done with it. */
export function PitrPresent({ lab, view }: { lab: string; view: PitrView }) {
  const resume = useCall(() => createClient().pitr.resume({ lab }))
  const remove = useCall(() => createClient().pitr.remove({ lab }))
  const { target, mode, state } = view
  const done = view.steps.filter((step) => step.state === 'done').length
  return (
    <section className="pitr-present" aria-label="Recovery">
      <header>
        <h3>{mode === 'beside' ? `Recovery beside the cluster, on ${view.spare}` : `Recovery of the whole cluster`}</h3>
        <p className="ink2" role="status">
          to {target.kind} <span className="mono">{target.value}</span>
          {target.exclusive && ', just before it'}, from {view.backup}: {states[state]}
          {state === 'running' && `, ${done} of ${view.steps.length} steps`}
        </p>
      </header>
      {view.error && <SaidBox said={view.error} />}
      {resume.failure && <SaidBox said={resume.failure} />}
      {remove.failure && <SaidBox said={remove.failure} />}
      {view.use.length > 0 && (
        <div className="pitr-use">
          <p>The copy runs, on its socket only. Look into it, or load one table of it into production:</p>
          {view.use.map(({ on, run }) => (
            <pre key={run}>
              <span className="ink3">{on}$ </span>
              {run}
            </pre>
          ))}
        </div>
      )}
      {state !== 'running' && (
        <div className="row">
          {(state === 'failed' || state === 'interrupted') && (
            <Button look="go" busy={resume.busy} onClick={() => void resume.run()}>
              Go on with it
            </Button>
          )}
          <Button busy={remove.busy} onClick={() => void remove.run()}>
            {mode === 'beside' ? `Remove the copy on ${view.spare}` : 'Put it away'}
          </Button>
        </div>
      )}
      <PitrSteps view={view} />
    </section>
  )
}
