import type { MetricSeries, MetricsView } from '../contract/metrics.js'
import { bytes, table } from './output.js'

const units: Record<MetricSeries['unit'], (value: number) => string> = {
  count: (value) => String(Math.round(value)),
  perSecond: (value) => `${value.toFixed(1)}/s`,
  bytes: (value) => bytes(Math.round(value)),
  bytesPerSecond: (value) => `${bytes(Math.round(value))}/s`,
  seconds: (value) => `${(value * 1000).toFixed(1)} ms`,
}

function rowsOf({ title, unit, lines }: MetricSeries): string[][] {
  const said = (value: number | null | undefined): string =>
    value === null || value === undefined ? 'not known' : units[unit](value)
  return lines.map(({ host, part, values }, index) => {
    const known = values.filter((value) => value !== null)
    return [
      index === 0 ? title.toLowerCase() : '',
      part ? `${host} ${part}` : host,
      said(values.at(-1)),
      said(known.length > 0 ? Math.min(...known) : null),
      said(known.length > 0 ? Math.max(...known) : null),
    ]
  })
}

/** What Prometheus knows, in words, for a terminal. */
export function metricsText({ host, error, times, charts, silent }: MetricsView): string {
  if (error) return `Prometheus on ${host} could not be asked: ${error}\n`
  const minutes = Math.round(((times.at(-1) ?? 0) - (times[0] ?? 0)) / 60_000)
  const gone = silent.map(({ host: name, job, why }) => `not heard: ${job} on ${name} (${why})\n`).join('')
  const rows = charts.flatMap(rowsOf)
  return `${gone}${table(rows, ['figure', 'host', 'now', `least in ${minutes} min`, 'most'])}`
}
