import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configReach } from '../../src-main/api/config-reach.js'
import { readHealth } from '../../src-main/api/health.js'
import { openSession, type LabSession } from '../../src-main/api/session.js'
import { changeConfig } from '../../src-main/cluster/config/change.js'
import { readConfigView, readDynamic } from '../../src-main/cluster/config/read.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { startLab, type TestLab } from '../support/lab.js'

const own = `ttl: 15
loop_wait: 2
retry_timeout: 8
synchronous_mode: on
maximum_lag_on_failver: 5
postgresql:
  pg_hba: [host all all all trust]
  parameters:
    max_connections: 10
    work_mem: 16MB
    work_memory: 8MB
    archive_command: cp %p /archive/%f
`
const { signal } = new AbortController()

describe("a lab with a person's own configuration", () => {
  let lab: TestLab
  let session: LabSession
  beforeAll(async () => {
    lab = await startLab('pair-witness', { patroni: { file: 'mine.yml', text: own } })
    session = await openSession(lab.handle, { records: true })
    await lab.backedUp
  }, 240_000)
  afterAll(async () => {
    await session?.close()
    await lab?.[Symbol.asyncDispose]()
  })

  const change = async (key: string, value: string | number | null) =>
    changeConfig(await configReach(session), key, value)
  const health = () => readHealth(session)
  const onHost = (host: string, ...argv: string[]) => lab.handle.exec(host, argv, { timeoutMs: 60_000 })
  const until = <T>(what: string, read: () => Promise<T>, holds: (value: T) => boolean) =>
    waitFor(read, holds, { what, withinMs: 60_000, everyMs: 1_000, signal, describe: (value) => JSON.stringify(value) })

  test('is born with it, and says key by key what is not as the file has it', { timeout: 60_000 }, async () => {
    expect(lab.info.patroni?.notHonoured.map(({ line, key, outcome }) => [line, key, outcome])).toEqual([
      [1, 'ttl', 'changed'],
      [5, 'maximum_lag_on_failver', 'left out'],
      [7, 'postgresql.pg_hba', 'left out'],
      [12, 'postgresql.parameters.archive_command', 'left out'],
    ])
    const view = await until(
      'the configuration to be read on every host',
      async () => readConfigView(await configReach(session)),
      ({ hosts }) => hosts.every(({ why }) => why === undefined),
    )
    const effective = (key: string) => view.values.find((value) => value.key === key)?.effective
    expect(effective('ttl')).toEqual({ pg1: '20', pg2: '20' })
    expect(effective('postgresql.parameters.work_mem')).toEqual({ pg1: '16MB', pg2: '16MB' })
    // only a running PostgreSQL can tell these
    expect(view.findings.map(({ key, host, kind, effective: now }) => [key, host, kind, now])).toEqual([
      ['postgresql.parameters.max_connections', null, 'adjusted', '100'],
      ['postgresql.parameters.work_memory', null, 'refused', null],
    ])
  })

  test('is healthy, by dojo and by cluster-health on its hosts', { timeout: 90_000 }, async () => {
    await until('nothing to be wrong', health, ({ healthy }) => healthy)
    for (const host of ['pg2', 'backup', 'proxy']) {
      const { code, stdout } = await onHost(host, 'cluster-health')
      expect(stdout).toMatch(/^nothing is wrong: pg1 leads, 3 of 3 etcd members agree$/m)
      expect(code).toBe(0)
    }
  })

  test('a change is in force, or is shown as Patroni adjusted it', { timeout: 90_000 }, async () => {
    const longer = await change('patroni.ttl', 25)
    expect(longer).toMatchObject({
      key: 'ttl',
      before: 20,
      asked: 25,
      changed: true,
      takenUp: ['pg1', 'pg2'],
      findings: [],
    })
    expect(session.state().dcs.value?.lease?.ttlS).toBe(25)
    const rare = await change('loop_wait', 12)
    expect(rare.findings).toMatchObject([{ key: 'loop_wait', kind: 'adjusted', asked: 12, effective: '9' }])
    const { stdout } = await onHost('pg1', 'grep', '-h', 'Adjusting loop_wait', '/var/log/patroni/current')
    expect(stdout).toContain('Adjusting loop_wait from 12 to 9') // what Patroni itself says
    expect(await change('loop_wait', 2)).toMatchObject({ changed: true, findings: [] })
  })

  test('what needs a restart is told with its hosts', { timeout: 60_000 }, async () => {
    const { restart, findings, takenUp } = await change('postgresql.max_connections', 90)
    expect(takenUp).toEqual(['pg1', 'pg2'])
    expect(restart).toEqual([
      { host: 'pg1', parameters: ['max_connections'] },
      { host: 'pg2', parameters: ['max_connections'] },
    ])
    expect(findings).toMatchObject([{ kind: 'restart', host: null, next: '`patronictl restart pair-witness`' }])
  })

  test.each([
    ['work_mem', '8MB', 'Patroni has no key work_mem'],
    ['postgresql.work_mem', 'much', 'it wants a number'],
    ['postgresql.work_memory', '8MB', 'PostgreSQL has no parameter'],
    ['ttl', 'soon', 'wants a whole number'],
  ])('%s %s is refused, and nothing is changed', async (key, value, why) => {
    const reach = await configReach(session)
    const before = (await readDynamic(reach)).config
    await expect(change(key, value)).rejects.toThrow(why)
    expect((await readDynamic(reach)).config).toEqual(before)
  })

  test('what is wrong has the same names by dojo and by cluster-health', { timeout: 120_000 }, async () => {
    await onHost('pg2', 'sv', '-w', '30', 'stop', 'patroni')
    await onHost('witness', 'sv', '-w', '10', 'stop', 'etcd')
    await onHost('pg1', 'patronictl', 'pause', '--wait', 'pair-witness')
    const expected = ['no-synchronous -', 'paused -', 'restart-pending pg1', 'service-down pg2', 'service-down witness']
    const ours = async () => (await health()).findings.map(({ rule, host }) => `${rule} ${host ?? '-'}`).toSorted()
    const theirs = async () => (await onHost('pg1', 'cluster-health', '--names')).stdout.trim().split('\n').toSorted()
    const isIt = (names: string[]): boolean => JSON.stringify(names) === JSON.stringify(expected)
    expect(await until('dojo to find it', ours, isIt)).toEqual(expected)
    expect(await until('cluster-health to find it', theirs, isIt)).toEqual(expected)
    expect((await onHost('pg1', 'cluster-health')).code).toBe(1)
    const since = (await health()).findings.find(({ rule }) => rule === 'paused')?.since
    expect(Date.now() - since!).toBeLessThan(110_000) // the recorded event, not the birth of the lab
  })
})
