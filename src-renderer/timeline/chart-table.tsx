import type { Chart } from './chart-data.js'
import { availability, chartAbout, chartRows, chartTitles, chartValuesAt, figure } from './chart-facts.js'
import type { Known } from './facts.js'
import type { TimeScale } from './scale.js'
import { momentText } from './words.js'

/** The charts in figures: at the moment that is shown, and over what is on screen. */
export function ChartTable(
  props: Known & { charts: readonly Chart[]; scale: TimeScale; zero: number; at: number; now: number },
) {
  const { charts, scale, zero, at, now } = props
  const to = Math.min(scale.to, now)
  const values = chartValuesAt(props, at)
  const share = availability(props, scale.from, to)
  return (
    <table className="pic-table tl-figures">
      <caption>
        Figures from <span className="mono">{momentText(scale.from - zero, 0)}</span> to{' '}
        <span className="mono">{momentText(to - zero, 0)}</span>
        {share !== null && `: writes came back ${(Math.floor(share * 1000) / 10).toFixed(1)} % of the time`}.
      </caption>
      <thead>
        <tr>
          <th scope="col">Figure</th>
          <th scope="col">At {momentText(at - zero)}</th>
          <th scope="col">Least</th>
          <th scope="col">Most</th>
          <th scope="col">What it is</th>
        </tr>
      </thead>
      <tbody>
        {chartRows(charts).map(({ name, least, most }) => (
          <tr key={name}>
            <td>{chartTitles[name]}</td>
            <td className="mono tn">{figure(name, values[name])}</td>
            <td className="mono tn">{figure(name, least)}</td>
            <td className="mono tn">{figure(name, most)}</td>
            <td className="ink3">{chartAbout[name]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
