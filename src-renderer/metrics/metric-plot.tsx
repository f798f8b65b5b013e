import { useEffect, useLayoutEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useTheme } from '../app/theme.js'
import { dashOf } from '../timeline/chart-lane.js'
import { useSize } from '../timeline/use-size.js'
import type { MetricLine, MetricTone } from './metric-words.js'

const tokens: Record<MetricTone, string> = {
  ink: '--ink2',
  leader: '--leader-s',
  sync: '--sync',
  repl: '--repl',
  etcd: '--etcd',
}
const colour = (token: string): string => getComputedStyle(document.documentElement).getPropertyValue(token).trim()

/** The lines of one figure. Hosts are told apart by their dashes, roles by their colour; a gap is a time not known. */
export function MetricPlot(props: {
  times: readonly number[]
  begin: number
  lines: readonly MetricLine[]
  tones: readonly MetricTone[]
  top: number
}) {
  const { times, begin, lines, tones, top } = props
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const latestTop = useRef(top)
  const size = useSize(box)
  const scheme = useTheme((state) => state.scheme)
  const look = tones.join(' ')
  const [width, height] = [size?.width ?? 0, size?.height ?? 0]
  useLayoutEffect(() => {
    if (width === 0 || height === 0) return
    const made = new uPlot(
      {
        width,
        height,
        padding: [1, 0, 1, 0],
        cursor: { show: false },
        legend: { show: false },
        axes: [{ show: false }, { show: false }],
        scales: { x: { time: false, auto: false }, y: { range: () => [0, latestTop.current * 1.04] } },
        series: [
          {},
          ...look
            .split(' ')
            .filter(Boolean)
            .map((tone, index) => ({
              stroke: colour(tokens[tone as MetricTone]),
              width: 1.25,
              dash: dashOf(index),
              points: { show: false },
              spanGaps: false,
            })),
        ],
      },
      [
        [],
        ...look
          .split(' ')
          .filter(Boolean)
          .map(() => []),
      ],
      box.current!,
    )
    plot.current = made
    return () => {
      made.destroy()
      plot.current = null
    }
    // other lines, another size or scheme is another drawing; values come below
  }, [look, width, height, scheme])
  useEffect(() => {
    latestTop.current = top
    const drawn = plot.current
    if (!drawn || times.length === 0) return
    drawn.batch(() => {
      drawn.setData([[...times], ...lines.map(({ values }) => values)], false)
      drawn.setScale('x', { min: begin, max: times.at(-1)! })
    })
  }, [times, begin, lines, top, look, width, height, scheme])
  return <div ref={box} className="metric-plot" aria-hidden="true" />
}
