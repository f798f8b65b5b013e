import type { AttemptView } from '../../src-main/contract/exercise.js'
import { goHome } from '../app/route.js'
import { Button } from '../ui/button.js'
import { sentence } from '../ui/said.js'
import { clock } from '../ui/format.js'

/** The end of an attempt: the figures worth keeping. */
export function Summary({ attempt }: { attempt: AttemptView }) {
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
      </div>
    </section>
  )
}
