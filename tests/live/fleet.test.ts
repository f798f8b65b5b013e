import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readMetrics } from '../../src-main/cluster/prometheus.js'
import { metricCharts, type MetricsView } from '../../src-main/contract/metrics.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { watchedLab, type WatchedLab } from '../support/watched-lab.js'

let lab: WatchedLab
beforeAll(async () => void (lab = await watchedLab('fleet')), 300_000)
afterAll(() => lab[Symbol.asyncDispose](), 60_000)

const endpointsOf = (name: string) => lab.info.hosts.find((host) => host.name === name)!.endpoints
const metrics = (): Promise<MetricsView> => readMetrics('monitor', endpointsOf('monitor').prometheus!, 2, Date.now())
const until = (what: string, holds: (view: MetricsView) => boolean, withinMs = 60_000): Promise<MetricsView> =>
  waitFor(metrics, holds, {
    what,
    withinMs,
    everyMs: 500,
    signal: AbortSignal.timeout(withinMs + 10_000),
    describe: ({ error, charts, silent }) =>
      JSON.stringify({ error, charts: charts.map(({ chart, lines }) => [chart, lines.length]), silent }),
  })
const hostsIn = ({ charts }: MetricsView, chart: (typeof metricCharts)[number]): string[] => [
  ...new Set(
    charts
      .find((each) => each.chart === chart)!
      .lines.filter(({ values }) => values.some((value) => value !== null))
      .map(({ host }) => host),
  ),
]

test(
  'Prometheus knows PostgreSQL, Patroni, etcd and the proxies, each host by its name',
  { timeout: 120_000 },
  async () => {
    const wanted: Partial<Record<(typeof metricCharts)[number], string[]>> = {
      connections: ['pg1', 'pg2', 'pg3'],
      lag: ['pg2', 'pg3'],
      wal: ['pg1'],
      fsync: ['etcd1', 'etcd2', 'etcd3'],
      sessions: ['proxy1', 'proxy2'],
    }
    // each is asked every few seconds, and one may be asked before another
    const view = await until(
      'a line in every chart, and one of every host that belongs there',
      (each) =>
        each.error === undefined &&
        each.silent.length === 0 &&
        metricCharts.every((chart) => hostsIn(each, chart).length >= (wanted[chart]?.length ?? 1)),
    )
    for (const [chart, hosts] of Object.entries(wanted))
      expect(hostsIn(view, chart as (typeof metricCharts)[number]), chart).toEqual(hosts)
  },
)

test('the pool goes on through the second proxy when the host of the first is lost', { timeout: 120_000 }, async () => {
  const { app } = await lab.handle.credentials()
  const leads = async (): Promise<{ recovering: boolean }[]> => {
    const { host, port } = endpointsOf('pool').pgbouncer!
    const login = { user: app.username, password: app.password, database: app.database }
    const client = new pg.Client({ host, port, ...login, connectionTimeoutMillis: 8_000 })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return (await client.query('select pg_is_in_recovery() as recovering')).rows as { recovering: boolean }[]
    } finally {
      await client.end()
    }
  }
  expect(await leads()).toEqual([{ recovering: false }])
  await lab.handle.power.kill('proxy1')
  const killedAt = Date.now()
  const seen = await waitFor(leads, ([row]) => row?.recovering === false, {
    what: 'an answer through the second proxy',
    withinMs: 30_000,
    signal: AbortSignal.timeout(40_000),
    describe: JSON.stringify,
  })
  expect(seen).toHaveLength(1)
  await lab.until(
    'the second proxy to tell where clients are sent',
    ({ proxy }) => (proxy.at ?? 0) > killedAt + 1_000 && proxy.value?.some(({ write }) => write) === true,
    20_000,
  )
  const view = await until('the loss to be known', ({ silent }) => silent.some(({ host }) => host === 'proxy1'))
  expect(view.silent).toMatchObject([{ host: 'proxy1', job: 'haproxy' }])
  await lab.handle.power.start('proxy1')
  await until('it to be heard again', ({ silent }) => silent.length === 0)
})

test('a monitor that is down is said, and nothing is drawn', async () => {
  await lab.handle.power.kill('monitor')
  expect(await metrics()).toMatchObject({ charts: [], error: expect.stringMatching(/connection/) })
})
