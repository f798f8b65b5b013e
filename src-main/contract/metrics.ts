import { z } from 'zod'
import { epochMs } from './names.js'

/** Charts in the order in which they are shown. What each is asked with: cluster/metric-charts.ts. */
export const metricCharts = ['connections', 'transactions', 'lag', 'wal', 'fsync', 'proposals', 'sessions'] as const
export const metricChart = z.enum(metricCharts)
export type MetricChart = z.infer<typeof metricChart>

export const metricUnits = ['count', 'perSecond', 'bytes', 'bytesPerSecond', 'seconds'] as const
export type MetricUnit = (typeof metricUnits)[number]

export const metricLine = z.object({
  host: z.string().describe('Whose figure it is'),
  part: z.string().optional().describe('Of a proxy: the route'),
  values: z.array(z.number().nullable()).describe('One per time; null: not known then'),
})

export const metricSeries = z.object({
  chart: metricChart,
  title: z.string(),
  about: z.string().describe('What is counted, and where it comes from'),
  unit: z.enum(metricUnits),
  lines: z.array(metricLine),
})
export type MetricSeries = z.infer<typeof metricSeries>

/** What Prometheus knows of a lab; sent whole every few seconds. */
export const metricsView = z.object({
  at: epochMs,
  host: z.string().describe('Where Prometheus runs'),
  error: z.string().optional().describe('Why Prometheus could not be asked; then there are no charts'),
  stepMs: z.number().describe('Between two times'),
  times: z.array(epochMs),
  charts: z.array(metricSeries),
  silent: z
    .array(z.object({ host: z.string(), job: z.string(), why: z.string() }))
    .describe('Whom Prometheus asks in vain now: a gap in a line is explained here'),
})
export type MetricsView = z.infer<typeof metricsView>

export const metricsMinutes = z.number().min(1).max(360).default(10).describe('How far back')
