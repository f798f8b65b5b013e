import type { StepView } from '../../src-main/contract/exercise.js'
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
