import { dashOf } from './chart-lane.js'
import type { Chart } from './chart-data.js'
import { figure } from './chart-facts.js'
import type { Frame } from './frame.js'
import { widthOf } from './words.js'

/** Over the charts' lines: the top of each scale, whose line is which, and what was not recorded. */
export function ChartWords({ frame, charts }: { frame: Frame; charts: readonly Chart[] }) {
  const { scale, lanes, hosts } = frame
  return (
    <g data-lane="charts">
      {charts.map((chart, index) => {
        const lane = lanes.charts[index]
        if (!lane) return null
        const named = hosts.filter((host) => chart.lines.some((line) => line.host === host))
        const top = figure(chart.name, chart.top)
        const y = lane.y + 11
        let x = scale.left + 8 + widthOf(top) + 16
        const empty = chart.lines.every(({ values }) => values.every((value) => value === null))
        return (
          <g key={chart.name} data-chart={chart.name}>
            <text x={scale.left + 8} y={y} className="f3 kp">
              {top}
            </text>
            {empty && (
              <text x={x} y={y} className="f3">
                not recorded here
              </text>
            )}
            {named.map((host) => {
              const at = x
              x += widthOf(host) + 44
              return (
                <g key={host}>
                  <line
                    x1={at}
                    y1={y - 3.5}
                    x2={at + 20}
                    y2={y - 3.5}
                    className="li"
                    strokeDasharray={dashOf(hosts.indexOf(host)).join(' ') || undefined}
                  />
                  <text x={at + 25} y={y} className="f3 kp">
                    {host}
                  </text>
                </g>
              )
            })}
          </g>
        )
      })}
    </g>
  )
}
