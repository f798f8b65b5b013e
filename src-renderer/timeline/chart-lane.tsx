import { useEffect, useLayoutEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useTheme } from '../app/theme.js'
import type { Chart, ChartLine } from './chart-data.js'
import type { Lane } from './lanes.js'
import type { TimeScale } from './scale.js'

/** Hosts are told apart by their dashes, roles by their colour. */
export const dashOf = (index: number): number[] => [[], [5, 3], [1.5, 3], [8, 3, 2, 3]][index % 4]!

const colours = { ink: '--ink2', leader: '--leader-s', sync: '--sync', repl: '--repl' } as const
const colour = (token: string): string => getComputedStyle(document.documentElement).getPropertyValue(token).trim()

/**
 * One chart on the timeline's own axis: uPlot draws the lines and nothing else; grid, marks, cursor and keys are those of
 * the timeline, whose drawing lies over it.
 */
export function ChartLane(props: { chart: Chart; lane: Lane; scale: TimeScale; hosts: readonly string[] }) {
  const { chart, lane, scale, hosts } = props
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const latest = useRef(chart)
  const scheme = useTheme((state) => state.scheme)
  const { name, lines } = chart
  const shape = lines.map(({ host, tone }) => `${host ?? ''} ${tone}`).join('|')
  const width = Math.round(scale.width)
  useLayoutEffect(() => {
    latest.current = chart
  })
  useLayoutEffect(() => {
    const made = new uPlot(
      {
        width,
        height: lane.height,
        padding: [1, 0, 1, 0],
        cursor: { show: false },
        legend: { show: false },
        axes: [{ show: false }, { show: false }],
        scales: {
          x: { time: false, auto: false },
          y:
            name === 'latency'
              ? { distr: 3, range: () => [1, latest.current.top] }
              : { range: () => [0, latest.current.top * 1.04] },
        },
        series: [{}, ...latest.current.lines.map((line) => seriesOf(line, name === 'writes', hosts))],
      },
      [[], ...latest.current.lines.map(() => [])],
      box.current!,
    )
    plot.current = made
    return () => {
      made.destroy()
      plot.current = null
    }
    // another shape, size or scheme is another drawing; values come below
  }, [name, shape, width, lane.height, scheme, hosts])
  const { from, to } = scale
  useEffect(() => {
    const drawn = plot.current
    if (!drawn) return
    drawn.batch(() => {
      drawn.setData([chart.times, ...chart.lines.map(({ values }) => values)], false)
      drawn.setScale('x', { min: from, max: to })
    })
  }, [chart, from, to, shape, width, lane.height, scheme, hosts])
  return <div ref={box} className="tl-chart" aria-hidden="true" style={{ left: scale.left, top: lane.y, width }} />
}

function seriesOf({ host, tone }: ChartLine, filled: boolean, hosts: readonly string[]): uPlot.Series {
  const stroke = colour(colours[tone])
  return {
    stroke,
    width: 1.25,
    dash: host === null ? [] : dashOf(hosts.indexOf(host)),
    points: { show: false },
    spanGaps: false,
    ...(filled && { fill: colour('--line'), paths: uPlot.paths.stepped!({ align: 1 }) }),
  }
}
