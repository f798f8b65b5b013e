import { metricCharts, type MetricSeries, type MetricsView } from '../contract/metrics.js'
import type { Endpoint } from '../contract/lab.js'
import { httpGet } from './http-get.js'
import { chartQueries } from './metric-charts.js'
import { reading } from './reading.js'

const timeoutMs = 4_000
const scrapeS = 5
/** As many points as a small chart has pixels. */
const points = 120

interface Answer<T> {
  status: string
  error?: string
  data: T
}
type Range = { result: { metric: Record<string, string>; values: [number, string][] }[] }
type Targets = {
  activeTargets: { labels: Record<string, string>; health: string; lastError: string }[]
}

async function ask<T>(endpoint: Endpoint, path: string): Promise<T> {
  const { status, text } = await httpGet(endpoint, `/api/v1/${path}`, timeoutMs)
  if (!text.startsWith('{')) throw new Error(`GET /api/v1 answered ${status}`)
  const answer = JSON.parse(text) as Answer<T>
  if (answer.status !== 'success') throw new Error(answer.error ?? `GET /api/v1 answered ${status}`)
  return answer.data
}

/**
 * The charts over the last minutes, from Prometheus's HTTP API. `now`: epoch ms on Prometheus's clock. Never rejects: a
 * Prometheus that does not answer is an answer too.
 */
export async function readMetrics(
  host: string,
  endpoint: Endpoint,
  minutes: number,
  now: number,
): Promise<MetricsView> {
  const stepS = Math.max(scrapeS, Math.ceil((minutes * 60) / points / scrapeS) * scrapeS)
  // times are multiples of the step, so that lines stay where they are while time goes on
  const end = Math.floor(now / 1000 / stepS) * stepS
  const start = end - Math.floor((minutes * 60) / stepS) * stepS
  const times: number[] = []
  for (let t = start; t <= end; t += stepS) times.push(t * 1000)
  const window = Math.max(4 * scrapeS, stepS)
  const base = { at: now, host, stepMs: stepS * 1000, times }
  const said = await reading(async () => {
    const [{ activeTargets }, ...charts] = await Promise.all([
      ask<Targets>(endpoint, 'targets?state=active'),
      ...metricCharts.map(async (chart): Promise<MetricSeries> => {
        const { query, ...words } = chartQueries[chart]
        const asked = new URLSearchParams({
          query: query(window),
          start: String(start),
          end: String(end),
          step: String(stepS),
        })
        return { chart, ...words, lines: linesOf(await ask<Range>(endpoint, `query_range?${asked}`), times) }
      }),
    ])
    const silent = activeTargets
      .filter(({ health }) => health === 'down')
      .map(({ labels, lastError }) => ({
        host: labels['host'] ?? '',
        job: labels['job'] ?? '',
        why: lastError.split(': ').at(-1) ?? lastError,
      }))
    return { charts, silent }
  })
  if (said.ok) return { ...base, ...said.value }
  return { ...base, error: said.why, charts: [], silent: [] }
}

/** One line per series, on the given times: where Prometheus gives no value there is none. Sorted by host. */
export function linesOf({ result }: Range, times: readonly number[]): MetricSeries['lines'] {
  return result
    .map(({ metric, values }) => {
      const known = new Map(values.map(([t, value]) => [Math.round(t * 1000), Number(value)]))
      const part = metric['proxy']
      return {
        host: metric['host'] ?? '',
        ...(part === undefined ? {} : { part }),
        values: times.map((t) => finite(known.get(t))),
      }
    })
    .toSorted((a, b) => nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true }))
}

/** NaN is how Prometheus says that nothing was counted. */
const finite = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : value
const nameOf = ({ host, part = '' }: { host: string; part?: string }): string => `${host} ${part}`
