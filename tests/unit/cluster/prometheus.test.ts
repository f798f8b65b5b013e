import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { linesOf, readMetrics } from '../../../src-main/cluster/prometheus.js'
import { metricsText } from '../../../src-main/cli/metrics-text.js'
import { metricCharts, metricsView } from '../../../src-main/contract/metrics.js'

const minute = 60_000
const now = Date.parse('2026-01-01T12:00:03Z')

/** A Prometheus that knows one host, and has not heard of another. */
async function prometheus(answer: (path: URL) => unknown) {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x')
    response.end(JSON.stringify({ status: 'success', data: answer(url) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
const targets = {
  activeTargets: [
    { labels: { host: 'pg1', job: 'patroni' }, health: 'up', lastError: '' },
    {
      labels: { host: 'pg3', job: 'patroni' },
      health: 'down',
      lastError: 'Get "http://pg3:8008/metrics": dial tcp 10.77.0.13:8008: connect: connection refused',
    },
  ],
}

test('every chart is asked for the same times, and a value stands at its own', async () => {
  const asked: URL[] = []
  await using server = await prometheus((url) => {
    if (url.pathname.endsWith('/targets')) return targets
    asked.push(url)
    const start = Number(url.searchParams.get('start'))
    return {
      result: [
        {
          metric: { host: 'pg1' },
          values: [
            [start, '4'],
            [start + 10, '7'],
          ],
        },
      ],
    }
  })
  const view = metricsView.parse(await readMetrics('monitor', server.endpoint, 10, now))
  expect(new Set(asked.map((url) => url.searchParams.get('start'))).size).toBe(1)
  expect(asked).toHaveLength(metricCharts.length)
  expect(view.times).toHaveLength(121)
  expect([view.times[0], view.times.at(-1)]).toEqual([now - 3_000 - 10 * minute, now - 3_000])
  expect(view.charts.map(({ chart }) => chart)).toEqual([...metricCharts])
  expect(view.charts[0]!.lines).toMatchObject([{ host: 'pg1' }])
  expect(view.charts[0]!.lines[0]!.values.slice(0, 4)).toEqual([4, null, 7, null])
  expect(view.silent).toEqual([{ host: 'pg3', job: 'patroni', why: 'connection refused' }])
})

test('a long look back has as many points, further apart', async () => {
  await using server = await prometheus(({ pathname }) => (pathname.endsWith('/targets') ? targets : { result: [] }))
  const view = await readMetrics('monitor', server.endpoint, 360, now)
  expect([view.stepMs, view.times.length]).toEqual([180_000, 121])
})

test('a Prometheus that does not answer says why, and shows nothing', async () => {
  const gone = await prometheus(() => null)
  await gone[Symbol.asyncDispose]()
  const view = await readMetrics('monitor', gone.endpoint, 10, now)
  expect(metricsView.parse(view)).toMatchObject({ error: 'connection refused', charts: [] })
  expect(metricsText(view)).toBe('Prometheus on monitor could not be asked: connection refused\n')
})

test('lines are in the order of their hosts, and what was not counted is no number', () => {
  const series = (host: string, value: string) => ({
    metric: { host, proxy: 'write' },
    values: [[1, value]] as [number, string][],
  })
  expect(linesOf({ result: [series('pg10', '1'), series('pg2', 'NaN')] }, [1_000])).toEqual([
    { host: 'pg2', part: 'write', values: [null] },
    { host: 'pg10', part: 'write', values: [1] },
  ])
})

test('in a terminal each figure has a line per host, with its least and most', () => {
  const text = metricsText({
    at: now,
    host: 'monitor',
    stepMs: 5_000,
    times: [0, 10 * minute],
    silent: [{ host: 'pg3', job: 'patroni', why: 'connection refused' }],
    charts: [
      { chart: 'lag', title: 'Replication lag', about: '', unit: 'bytes', lines: [{ host: 'pg2', values: [2048, 0] }] },
      {
        chart: 'fsync',
        title: 'etcd fsync',
        about: '',
        unit: 'seconds',
        lines: [{ host: 'e1', values: [0.004, null] }],
      },
    ],
  })
  expect(text.split('\n')).toEqual([
    'not heard: patroni on pg3 (connection refused)',
    'FIGURE           HOST  NOW        LEAST IN 10 MIN  MOST',
    'replication lag  pg2   0 B        0 B              2.0 KiB',
    'etcd fsync       e1    not known  4.0 ms           4.0 ms',
    '',
  ])
})
