import type { CheckView } from '../../src-main/contract/check.js'
import type { StepView } from '../../src-main/contract/exercise.js'
import type { Call } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { VerdictShape } from '../ui/verdict-shape.js'

type AttemptCall = Call<[], unknown>

/** Help at the left, the checks at a glance, onward at the right; always in sight. */
export function GuideFoot(props: {
  step: StepView
  last: boolean
  check: AttemptCall
  next: AttemptCall
  hint: AttemptCall
  solve: AttemptCall
  onShowChecks: () => void
}) {
  const { step, last, check, next, hint, solve, onShowChecks } = props
  return (
    <footer className="guide-foot">
      {!step.done && <Help step={step} hint={hint} solve={solve} />}
      <span className="grow" />
      <ChecksGlance checks={step.checks} onShow={onShowChecks} />
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

/** The next hint; after the last one, the solution. */
function Help({ step, hint, solve }: { step: StepView; hint: AttemptCall; solve: AttemptCall }) {
  const { shown, total } = step.hints
  const canSolve = step.hasSolution && step.solution === null
  return (
    <>
      {shown.length < total ? (
        <Button size="small" look="quiet" busy={hint.busy} onClick={() => void hint.run()}>
          Show hint {shown.length + 1}
        </Button>
      ) : (
        canSolve && (
          <Button size="small" look="quiet" busy={solve.busy} onClick={() => void solve.run()}>
            Show the solution
          </Button>
        )
      )}
      {total > 0 && (
        <span className="hint-marks" role="img" aria-label={`${shown.length} of ${total} hints shown`}>
          {Array.from({ length: total }, (_, index) => (
            <i key={index} data-shown={index < shown.length} />
          ))}
        </span>
      )}
    </>
  )
}

/** What fits beside the hint and "Check now" in the guide's least width. */
const mostShapes = 5

/** One shape per check, a count where they are many; always in view, and a press goes to them. */
function ChecksGlance({ checks, onShow }: { checks: CheckView[]; onShow: () => void }) {
  if (checks.length === 0) return null
  const passed = checks.filter(({ result }) => result?.verdict === 'pass').length
  const label = `${passed} of ${checks.length} checks pass: show them`
  return (
    <button type="button" className="checks-glance" aria-label={label} title={label} onClick={onShow}>
      {checks.length > mostShapes ? (
        <span className="mono tn">
          {passed} of {checks.length}
        </span>
      ) : (
        checks.map((check) => <VerdictShape key={check.id} verdict={check.result?.verdict ?? null} />)
      )}
    </button>
  )
}
