import type { AttemptView } from '../../src-main/contract/exercise.js'
import { goHome } from '../app/route.js'
import { Button } from '../ui/button.js'
import { sentence } from '../ui/said.js'
import { useHome } from '../app/lab-data.js'
import { nextExercise } from '../home/path.js'
import { clock, minutes } from '../ui/format.js'

/** The end of an attempt: the figures worth keeping. */
export function Summary({ attempt }: { attempt: AttemptView }) {
  const { home } = useHome()
  // until home knows of the end, this very one is still under way there
  const onPath = home ? nextExercise(home.exercises) : null
  const next = onPath?.attempt?.state === 'finished' || onPath?.title === attempt.exercise.title ? null : onPath
  const took = (attempt.endedAt ?? attempt.startedAt) - attempt.startedAt
  return (
    <section
      className="summary"
      aria-label="Summary"
      style={{ marginBottom: 16, paddingBottom: 16, borderBottom: '1px solid var(--line)' }}
    >
      <h3 className="guide-title">{attempt.exercise.title}: finished</h3>
      <p className="prose">
        {attempt.steps.length} steps in <span className="mono">{clock(took)}</span>. {sentence(attempt.exercise.goal)}
      </p>
      <dl>
        {attempt.summary.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="mono tn">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="actions">
        <Button look="go" onClick={goHome}>
          Go home
        </Button>
        {next && (
          <span className="ink2">
            Next on the path: {next.title}, {minutes(next.minutes)}
          </span>
        )}
      </div>
    </section>
  )
}
