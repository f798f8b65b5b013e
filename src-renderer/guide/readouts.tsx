import type { StepView } from '../../src-main/contract/exercise.js'

/** Live figures of the step, side by side: predicted, measured, the difference. */
export function Readouts({ readouts }: { readouts: StepView['readouts'] }) {
  if (readouts.length === 0) return null
  const rows = []
  for (let at = 0; at < readouts.length; at += 3) rows.push(readouts.slice(at, at + 3))
  return rows.map((row) => (
    <dl className="readouts" key={row[0]!.label}>
      {row.map((readout) => (
        <div key={readout.label}>
          <dt>{readout.label}</dt>
          <dd className="tn" title={readout.value}>
            {readout.value}
          </dd>
        </div>
      ))}
    </dl>
  ))
}
