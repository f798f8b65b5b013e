import type { MetricSeries } from '../../src-main/contract/metrics.js'
import { dashOf } from '../timeline/chart-lane.js'
import { MetricPlot } from './metric-plot.js'
import { figureText, nameOf, topOf, type MetricTone } from './metric-words.js'

/** One figure: its name, the top of its scale, its lines, and under them whose line is which and what it is now. */
export function MetricChart(props: {
  series: MetricSeries
  times: readonly number[]
  begin: number
  toneOf: (host: string) => MetricTone
}) {
  const { series, times, begin, toneOf } = props
  const { title, about, unit, lines } = series
  const tones = lines.map(({ host }) => toneOf(host))
  const top = topOf(series)
  return (
    <figure className="metric" title={`${title}: ${about}`}>
      <figcaption>
        <span>{title}</span>
        <span className="mono ink3">{figureText(unit, top)}</span>
      </figcaption>
      {lines.length > 0 ? (
        <MetricPlot times={times} begin={begin} lines={lines} tones={tones} top={top} />
      ) : (
        <div className="metric-plot ink3">nothing was counted yet</div>
      )}
      <ul aria-hidden="true">
        {lines.map((line, index) => (
          <li key={nameOf(line)} className="mono">
            <svg width="16" height="8">
              <line x1="0" x2="16" y1="4" y2="4" data-tone={tones[index]} strokeDasharray={dashOf(index).join(' ')} />
            </svg>
            <span className="ink2">{nameOf(line)}</span>
            <span>{figureText(unit, line.values.at(-1))}</span>
          </li>
        ))}
      </ul>
    </figure>
  )
}
