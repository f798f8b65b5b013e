import { useState } from 'react'
import type { LabInfo } from '../../src-main/contract/lab.js'
import type { MetricsView } from '../../src-main/contract/metrics.js'
import { useCluster } from '../app/lab-data.js'
import { useStream } from '../app/use-stream.js'
import { ToolButton } from '../ui/button.js'
import { duration, timeOfDay } from '../ui/format.js'
import { Panel } from '../ui/panel.js'
import { SaidBox } from '../ui/said.js'
import { Segments } from '../ui/segments.js'
import { MetricChart } from './metric-chart.js'
import { MetricTable } from './metric-table.js'
import { beginOf, toneOf } from './metric-words.js'
import './metrics.css'

const spans = [
  { value: '10', label: '10 min' },
  { value: '60', label: '1 h' },
  { value: '360', label: '6 h' },
] as const
type Span = (typeof spans)[number]['value']

/** Whether a lab has a Prometheus, and so this panel. */
export const hasMetrics = (info: LabInfo | null): boolean =>
  info?.hosts.some(({ endpoints }) => endpoints.prometheus) ?? false

/** What Prometheus on the lab's monitor knows, as small charts or as a table. */
export function MetricsPanel({ info }: { info: LabInfo }) {
  const [span, setSpan] = useState<Span>('10')
  const [asTable, setAsTable] = useState(false)
  const { value, state, failure } = useStream('metrics.watch', { lab: info.lab, minutes: Number(span) })
  const tools = (
    <>
      <Segments label="How far back" choices={spans} value={span} onChange={setSpan} />
      <ToolButton aria-pressed={asTable} title="The same figures as a table" onClick={() => setAsTable(!asTable)}>
        Table
      </ToolButton>
    </>
  )
  return (
    <Panel id="metrics" title="Metrics" note={noteOf(value, state === 'stale')} tools={tools}>
      <div className="metrics" tabIndex={0} role="region" aria-label="Metrics of Prometheus" data-panel-focus>
        {failure && <SaidBox said={failure} />}
        {value?.error !== undefined && <SaidBox said={unasked(value.host, value.error)} />}
        {value && value.error === undefined && <Figures info={info} view={value} span={span} asTable={asTable} />}
      </div>
    </Panel>
  )
}

function Figures(props: { info: LabInfo; view: MetricsView; span: Span; asTable: boolean }) {
  const { info, view, span, asTable } = props
  const { cluster } = useCluster(info.lab)
  const roles = new Map(cluster?.hosts.map(({ name, role }) => [name, role]) ?? [])
  const caption = `Figures of Prometheus on ${view.host}, over ${spans.find(({ value }) => value === span)!.label}.`
  const begin = beginOf(view)
  const table = <MetricTable charts={view.charts} caption={caption} />
  return (
    <>
      {view.silent.map(({ host, job, why }) => (
        <p key={`${job} ${host}`} className="metrics-silent">
          <span className="mono">{host}</span> is not heard: {job}, {why}
        </p>
      ))}
      {asTable ? (
        table
      ) : (
        <>
          {view.charts.some(({ lines }) => lines.length > 0) && (
            <p className="metrics-span">{spanWords(begin, view.times.at(-1) ?? begin)}</p>
          )}
          <div className="metrics-grid">
            {view.charts.map((series) => (
              <MetricChart
                key={series.chart}
                series={series}
                times={view.times}
                begin={begin}
                toneOf={(host) => toneOf(host, info, roles)}
              />
            ))}
          </div>
          <div className="sr-only">{table}</div>
        </>
      )}
    </>
  )
}

/** The charts have one axis of time, which is said once. */
const spanWords = (from: number, to: number): string =>
  `Left to right: ${timeOfDay(from)} to ${timeOfDay(to)}, ${duration(to - from)}`

function noteOf(view: MetricsView | null, stale: boolean): string {
  if (!view) return 'asks Prometheus'
  return stale ? 'the last ones known: not connected' : `by Prometheus on ${view.host}`
}

const unasked = (host: string, why: string) => ({
  what: `Prometheus on ${host} could not be asked`,
  why,
  next: `Look at the host: its services and its log are in a terminal on ${host}`,
})
