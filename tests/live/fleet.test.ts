import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBackups, type Backups } from '../../src-main/backup/index.js'
import { findProduction } from '../../src-main/backup/production.js'
import { readMetrics } from '../../src-main/cluster/prometheus.js'
import { metricCharts, type MetricsView } from '../../src-main/contract/metrics.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { watchedLab, type WatchedLab } from '../support/watched-lab.js'

let lab: WatchedLab
let backups: Backups
const set = ['size.backup=2', 'backup.encrypted=true', 'backup.incr_at=* * * * *']
beforeAll(async () => {
  lab = await watchedLab('fleet', { set })
  backups = createBackups(lab.handle, () => undefined)
}, 300_000)
afterAll(async () => {
  await backups?.close()
  await lab?.[Symbol.asyncDispose]()
}, 60_000)

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

const repositories = ['backup1', 'backup2']
const psql = async (sql: string): Promise<string> => {
  const { code, stdout, stderr } = await lab.handle.exec('pg1', ['psql', '-XAtq', '-d', 'app', '-c', sql])
  if (code !== 0) throw new Error(stderr)
  return stdout.trim()
}
const eventually = <T>(what: string, read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> =>
  waitFor(read, holds, {
    what,
    withinMs: 120_000,
    everyMs: 500,
    signal: AbortSignal.timeout(130_000),
    describe: (value) => JSON.stringify(value),
  })
const segmentsOf = async (host: string): Promise<string[]> => {
  const find =
    "find /var/lib/pgbackrest/archive -name '*.zst' -printf '%f\\n' | grep -oE '^[0-9A-F]{24}-' | tr -d - | sort"
  return (await lab.handle.exec(host, ['sh', '-c', find])).stdout.split('\n').filter(Boolean)
}
/** Waits until the archiver is done with the segment that is switched now, and both repositories have it and all others. */
const inBoth = async (): Promise<void> => {
  const switched = await psql(
    "select pg_logical_emit_message(true, 'test', ''); select pg_walfile_name(pg_switch_wal())",
  )
  const segment = switched.split('\n').at(-1)!
  const archived = `select last_archived_wal >= '${segment}' and last_failed_time < last_archived_time is not false from pg_stat_archiver`
  await eventually(
    'the archiver to be done',
    () => psql(archived),
    (said) => said === 't',
  )
  const [one, two] = await Promise.all(repositories.map(segmentsOf))
  expect(one).toContain(segment)
  expect(two).toEqual(one)
}

test('each repository has a full backup, one that cron made, and all of the WAL', { timeout: 300_000 }, async () => {
  await lab.backedUp
  await inBoth()
  for (const host of repositories) {
    const view = await eventually(
      `${host} to have a backup that nobody asked for`,
      () => backups.view(host),
      ({ backups: made }) => made.some(({ type }) => type === 'incr'),
    )
    expect(view).toMatchObject({
      repository: host,
      repositories,
      ok: true,
      encrypted: true,
      scheduled: { type: 'incr' },
    })
    expect(view.backups[0]).toMatchObject({ type: 'full' })
  }
  expect((await backups.verify('backup2')).ok).toBe(true)
  await expect(backups.view('pg1')).rejects.toMatchObject({ code: 'unknown-host', said: { why: /backup1, backup2/ } })
})

test(
  'with one repository gone, a copy comes from the other, and archiving catches up later',
  { timeout: 400_000 },
  async () => {
    const archives = async (): Promise<boolean> => (await findProduction(lab.handle))!.archives
    // a backup that begins here would switch to another segment
    for (const host of repositories) await lab.handle.exec(host, ['sv', 'stop', 'cron'], { user: 'root' })
    await psql('create table kept (n int); insert into kept select generate_series(1, 100)')
    await inBoth()
    await lab.handle.power.kill('backup1')
    await psql('insert into kept values (101)')
    await psql("select pg_create_restore_point('with-one')")
    await psql('insert into kept values (102)')
    for (const n of [103, 104]) {
      await psql(`insert into kept values (${n})`)
      await psql('select pg_switch_wal()')
    }
    await eventually('archiving to be called failed', archives, (holds) => !holds)
    await expect(backups.view('backup1')).rejects.toMatchObject({ code: 'host-down' })
    const target = { kind: 'name', value: 'with-one', exclusive: false } as const
    await expect(backups.start({ mode: 'whole', target, repository: 'backup2' })).rejects.toMatchObject({
      code: 'host-down',
      said: { why: expect.stringMatching(/^backup1 does not run, and .*WAL is not archived/) },
    })
    await backups.start({ mode: 'beside', target, repository: 'backup2' })
    const copy = await eventually(
      'the recovery to end',
      () => backups.pitr(),
      (view) => view !== null && view.state !== 'running',
    )
    expect(copy, JSON.stringify(copy?.error)).toMatchObject({ state: 'done', spare: 'backup2' })
    const count = ['psql', '-h', '/run/postgresql', '-p', '5432', '-U', 'postgres', '-XAtq', '-d', 'app', '-c']
    const { stdout } = await lab.handle.exec('backup2', [...count, 'select count(*), max(n) from kept'])
    expect(stdout.trim()).toBe('101|101')
    await backups.remove()
    // sent first to whoever answers, and no further than that: without archive-async the first segment holds up the next
    const [waits] = (await psql('select last_failed_wal from pg_stat_archiver')).split('\n')
    expect((await segmentsOf('backup2')).at(-1)).toBe(waits)
    await lab.handle.power.start('backup1')
    await inBoth()
    expect(await archives()).toBe(true)
  },
)

test('a monitor that is down is said, and nothing is drawn', async () => {
  await lab.handle.power.kill('monitor')
  expect(await metrics()).toMatchObject({ charts: [], error: expect.stringMatching(/connection/) })
})
