import type { MetricSeries } from '../../src-main/contract/metrics.js'
import { figureText, nameOf, spanOf } from './metric-words.js'

/** The charts in figures: now, and over what is on screen. */
export function MetricTable({ charts, caption }: { charts: readonly MetricSeries[]; caption: string }) {
  return (
    <table className="pic-table">
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Figure</th>
          <th scope="col">Host</th>
          <th scope="col">Now</th>
          <th scope="col">Least</th>
          <th scope="col">Most</th>
          <th scope="col">What it is</th>
        </tr>
      </thead>
      <tbody>
        {charts.flatMap(({ chart, title, about, unit, lines }) =>
          lines.map((line, index) => {
            const { now, least, most } = spanOf(line)
            return (
              <tr key={`${chart} ${nameOf(line)}`}>
                <td>{title}</td>
                <td className="mono">{nameOf(line)}</td>
                <td className="mono tn">{figureText(unit, now)}</td>
                <td className="mono tn">{figureText(unit, least)}</td>
                <td className="mono tn">{figureText(unit, most)}</td>
                {index === 0 && (
                  <td className="ink3 metric-about" rowSpan={lines.length}>
                    {about}
                  </td>
                )}
              </tr>
            )
          }),
        )}
      </tbody>
    </table>
  )
}
