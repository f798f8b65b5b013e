import { metricCharts, type MetricSeries, type MetricsView } from '../../../src-main/contract/metrics.js'
import { chartQueries } from '../../../src-main/cluster/metric-charts.js'

const now = Math.floor(Date.now() / 5_000) * 5_000

const points = 121
const wave = (n: number, around: number, by: number): number =>
  Math.max(0, around + by * Math.sin(n / 5) * Math.cos(n / 17))
const line = (host: string, at: (n: number) => number | null, part?: string): MetricSeries['lines'][number] => ({
  host,
  ...(part && { part }),
  values: Array.from({ length: points }, (_, n) => at(n)),
})
const lines: Record<MetricSeries['chart'], MetricSeries['lines']> = {
  connections: [
    line('pg1', (n) => (n > 70 ? 23 : 14)),
    line('pg2', () => 5),
    line('pg3', (n) => (n > 90 && n < 104 ? null : 5)),
  ],
  transactions: [
    line('pg1', (n) => wave(n, 44, 6)),
    line('pg2', (n) => wave(n, 2, 1)),
    line('pg3', (n) => wave(n, 2, 1)),
  ],
  lag: [line('pg2', (n) => wave(n, 300, 300)), line('pg3', (n) => (n > 60 && n < 80 ? (n - 60) * 180_000 : 900))],
  wal: [line('pg1', (n) => wave(n, 60_000, 20_000))],
  fsync: ['etcd1', 'etcd2', 'etcd3'].map((host, i) => line(host, (n) => wave(n + i * 9, 0.004 + i * 0.001, 0.002))),
  proposals: ['etcd1', 'etcd2', 'etcd3'].map((host) => line(host, (n) => wave(n, 2.4, 0.3))),
  sessions: ['proxy1', 'proxy2'].flatMap((host, i) => [
    line(host, () => 3 - i, 'read'),
    line(host, (n) => (n > 70 ? 12 : 4), 'write'),
  ]),
}

export const fleetMetrics = (): MetricsView => ({
  at: now,
  host: 'monitor',
  stepMs: 5_000,
  times: Array.from({ length: points }, (_, n) => now - (points - 1 - n) * 5_000),
  charts: metricCharts.map((chart) => {
    const { title, about, unit } = chartQueries[chart]
    return { chart, title, about, unit, lines: lines[chart] }
  }),
  silent: [{ host: 'pg3', job: 'patroni', why: 'connection refused' }],
})
