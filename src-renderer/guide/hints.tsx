import type { StepView } from '../../src-main/contract/exercise.js'
import type { Call } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { Prose } from './prose.js'

/** Hints already asked for, and the solution once shown: they stay. */
export function ShownHints({ step, lab }: { step: StepView; lab: string }) {
  const { shown, total } = step.hints
  if (shown.length === 0 && step.solution === null) return null
  return (
    <section className="guide-group" aria-label="Hints">
      {shown.map((hint, index) => (
        <div className="hint" key={hint}>
          <h4>
            Hint {index + 1} of {total}
          </h4>
          <Prose text={hint} lab={lab} />
        </div>
      ))}
      {step.solution !== null && (
        <div className="hint solution">
          <h4>Solution</h4>
          <Prose text={step.solution} lab={lab} />
        </div>
      )}
    </section>
  )
}

type AttemptCall = Call<[], unknown>

/** Help at the left, onward at the right; always in sight. */
export function GuideFoot(props: {
  step: StepView
  last: boolean
  check: AttemptCall
  next: AttemptCall
  hint: AttemptCall
  solve: AttemptCall
}) {
  const { step, last, check, next, hint, solve } = props
  const { shown, total } = step.hints
  const more = shown.length < total
  return (
    <footer className="guide-foot">
      {!step.done && total > 0 && (
        <>
          {more ? (
            <Button size="small" look="quiet" busy={hint.busy} onClick={() => void hint.run()}>
              Show hint {shown.length + 1}
            </Button>
          ) : (
            step.hasSolution &&
            step.solution === null && (
              <Button size="small" look="quiet" busy={solve.busy} onClick={() => void solve.run()}>
                Show the solution
              </Button>
            )
          )}
          <span className="hint-marks" role="img" aria-label={`${shown.length} of ${total} hints shown`}>
            {Array.from({ length: total }, (_, index) => (
              <i key={index} data-shown={index < shown.length} />
            ))}
          </span>
        </>
      )}
      {!step.done && total === 0 && step.hasSolution && step.solution === null && (
        <Button size="small" look="quiet" busy={solve.busy} onClick={() => void solve.run()}>
          Show the solution
        </Button>
      )}
      <span className="grow" />
      {step.done ? (
        <Button look="go" keys="F10" busy={next.busy} onClick={() => void next.run()}>
          {last ? 'Finish' : 'Next step'}
        </Button>
      ) : (
        step.checks.length > 0 && (
          <Button keys="F9" busy={check.busy} onClick={() => void check.run()}>
            Check now
          </Button>
        )
      )}
    </footer>
  )
}
