import type { StepView } from '../../src-main/contract/exercise.js'
import type { Call } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { Icon } from '../ui/icons.js'
import { InlineCode } from '../ui/inline-code.js'

type Diagnosis = NonNullable<StepView['diagnosis']>

/** What probably happened, by name: one sentence, then one picture of the difference. */
export function DiagnosisBox({ diagnosis, onReset }: { diagnosis: Diagnosis; onReset: Call<[], unknown> | null }) {
  return (
    <section className="diagnosis" role="status" aria-label="Diagnosis">
      <Icon name="diagnosis" />
      <h4>{diagnosis.title}</h4>
      <p className="prose">
        <InlineCode text={diagnosis.says} />
      </p>
      {diagnosis.compare && diagnosis.compare.length > 0 && <CompareBars bars={diagnosis.compare} />}
      {onReset && (
        <div>
          <Button
            size="small"
            look="quiet"
            style={{ marginLeft: -8 }}
            busy={onReset.busy}
            onClick={() => void onReset.run()}
          >
            Reset the step
          </Button>
        </div>
      )}
    </section>
  )
}

/** Seconds beside seconds, to one scale; the longest is what a crash costs, and is hatched as faults are. */
function CompareBars({ bars }: { bars: NonNullable<Diagnosis['compare']> }) {
  const most = Math.max(...bars.map(({ seconds }) => seconds), 0.1)
  return (
    <ul className="compare">
      {bars.map((bar) => {
        const longest = bar.seconds === most && bars.length > 1
        return (
          <li key={bar.label}>
            <div>{bar.label}</div>
            <div className="compare-line">
              <span
                className={`compare-bar ${longest ? 'hatch' : ''}`}
                data-longest={longest}
                style={{ width: `${(bar.seconds / most) * (longest ? 62 : 58)}%` }}
              />
              <b className="tn">{bar.seconds.toFixed(1)} s</b>
            </div>
            {bar.note && <div className="ink3">{bar.note}</div>}
          </li>
        )
      })}
    </ul>
  )
}
