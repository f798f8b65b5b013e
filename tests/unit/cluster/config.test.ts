import { describe, expect, test } from 'vitest'
import { parameterOf, patchOf, pathOf, requireUsable, valueAt } from '../../../src-main/cluster/config/key.js'
import {
  changedByPatroni,
  inUnit,
  isInForce,
  valueProblem,
  type SettingRow,
} from '../../../src-main/cluster/config/parameters.js'
import type { HostReading } from '../../../src-main/cluster/config/about-parameter.js'
import { configViewOf } from '../../../src-main/cluster/config/view.js'
import { settingRow as row } from '../../support/setting-row.js'

const workMem = row('work_mem', { setting: '8192', shown: '8MB', unit: 'kB', minVal: '64', maxVal: '2147483647' })
const host = (name: string, rows: SettingRow[], more: Partial<HostReading> = {}): HostReading => ({
  name,
  settings: new Map(rows.map((each) => [each.name, each])),
  restart: [],
  own: {},
  ...more,
})
const viewOf = (config: Record<string, unknown>, hosts: HostReading[], leaseTtlS: number | null = null) =>
  configViewOf({ lab: 'a', scope: 'pair', at: 0, source: 'etcd', config, hosts, leaseTtlS })
const quiet = { ttl: 20, loop_wait: 2, retry_timeout: 8 }
const withParameters = (parameters: Record<string, unknown>) => ({ ...quiet, postgresql: { parameters } })

describe('values of PostgreSQL', () => {
  test.each([
    ['64MB', '8kB', 8192],
    ['8MB', 'kB', 8192],
    ['1min', 's', 60],
    ['200ms', 'ms', 200],
    [100, null, 100],
    ['1.5GB', 'MB', 1536],
    ['5s', 'kB', null],
    ['many', null, null],
    ['8MB', null, null],
  ])('%s in %s is %s', (value, unit, wanted) => expect(inUnit(value, unit)).toBe(wanted))

  test('are in force however they are spelled', () => {
    expect(isInForce('8MB', workMem)).toBe(true)
    expect(isInForce('8192kB', workMem)).toBe(true)
    expect(isInForce('9MB', workMem)).toBe(false)
    expect(isInForce('iso, mdy', row('datestyle', { setting: 'ISO, MDY', vartype: 'string', unit: null }))).toBe(true)
    expect(isInForce(true, row('wal_log_hints', { vartype: 'bool', setting: 'on' }))).toBe(true)
    expect(isInForce('local', row('synchronous_commit', { vartype: 'enum', setting: 'on' }))).toBe(false)
    expect(isInForce(0.9, row('checkpoint_completion_target', { vartype: 'real', setting: '0.9' }))).toBe(true)
    expect(isInForce('a', row('application_name', { vartype: 'string', setting: 'a' }))).toBe(true)
  })

  test('that Patroni replaces or clamps are told with what they become', () => {
    expect(changedByPatroni('max_connections', 10, row('max_connections'))).toMatchObject({
      kind: 'adjusted',
      to: '100',
    })
    expect(changedByPatroni('work_mem', '10kB', workMem)).toMatchObject({ kind: 'adjusted', to: '64' })
    expect(changedByPatroni('hot_standby', 'off', row('hot_standby', { vartype: 'bool' }))).toMatchObject({
      kind: 'refused',
    })
    expect(changedByPatroni('work_mem', '8MB', workMem)).toBeNull()
  })

  test('that it could not use say what it wants', () => {
    expect(valueProblem('abc', workMem)).toMatch(/^it wants a number, with B, kB, MB, GB, TB or without a unit/)
    expect(valueProblem('maybe', row('fsync', { vartype: 'bool' }))).toBe('it wants on or off')
    const commit = row('synchronous_commit', { vartype: 'enum', enumVals: ['local', 'remote_write'] })
    expect(valueProblem('fast', commit)).toBe('it wants one of local, remote_write')
    expect(valueProblem(1, row('block_size', { context: 'internal' }))).toContain('nobody can set it')
  })
})

describe('the configuration beside what is in force', () => {
  test('says nothing where all of it is', () => {
    const asked = { ...withParameters({ work_mem: '8MB' }), synchronous_mode: true }
    const view = viewOf(asked, [host('pg1', [workMem]), host('pg2', [workMem])], 20)
    expect(view.findings).toEqual([])
    expect(view.values.find(({ key }) => key === 'postgresql.parameters.work_mem')).toEqual({
      key: 'postgresql.parameters.work_mem',
      asked: '8MB',
      effective: { pg1: '8MB', pg2: '8MB' },
    })
    expect(view.values.find(({ key }) => key === 'failsafe_mode')).toMatchObject({ effective: { pg1: 'false' } })
  })

  test('shows what Patroni adjusted without saying so, and why', () => {
    const { values, findings } = viewOf({ ttl: 15, loop_wait: 10, retry_timeout: 8 }, [host('pg1', [])], 20)
    expect(values.find(({ key }) => key === 'ttl')).toMatchObject({ asked: 15, effective: { pg1: '20' } })
    expect(findings).toMatchObject([
      { key: 'ttl', kind: 'adjusted', asked: 15, effective: '20' },
      { key: 'loop_wait', kind: 'adjusted', asked: 10, effective: '4' },
    ])
    expect(findings[1]!.why).toContain('10 + 2 * 8 is 26, more than 20')
  })

  test('believes the lease rather than the rules', () => {
    const { findings } = viewOf({ ...quiet, ttl: 30 }, [host('pg1', [])], 20)
    expect(findings).toMatchObject([{ key: 'ttl', kind: 'waiting', effective: '20' }])
  })

  test('one timeout that is no number leaves all of them as they were', () => {
    const { findings, values } = viewOf({ ...quiet, ttl: 'soon' }, [host('pg1', [])])
    expect(findings).toMatchObject([{ key: 'ttl', kind: 'refused', effective: null }])
    expect(values.find(({ key }) => key === 'loop_wait')!.effective).toEqual({ pg1: null })
  })

  test('a key that Patroni does not know, and one that only hosts have, are told', () => {
    const { findings } = viewOf({ ...quiet, tttl: 3, postgresql: { listen: '*' } }, [host('pg1', [])])
    expect(findings.map(({ key, kind }) => [key, kind])).toEqual([
      ['tttl', 'refused'],
      ['postgresql.listen', 'refused'],
    ])
  })

  test('what waits for a restart is told per host, or once when all hosts do', () => {
    const waits = row('max_connections', { pendingRestart: true })
    const asked = withParameters({ max_connections: 90 })
    const both = viewOf(asked, [host('pg1', [waits]), host('pg2', [waits])])
    expect(both.findings).toMatchObject([
      { kind: 'restart', host: null, effective: '100', next: '`patronictl restart pair`' },
    ])
    expect(both.hosts.map(({ restart }) => restart)).toEqual([['max_connections'], ['max_connections']])
    const one = viewOf(asked, [
      host('pg1', [row('max_connections', { setting: '90', shown: '90' })]),
      host('pg2', [waits]),
    ])
    expect(one.findings).toMatchObject([{ kind: 'restart', host: 'pg2', next: '`patronictl restart pair pg2`' }])
    // a standby that runs with what its primary had: PostgreSQL does not know that it waits, Patroni does
    const more = host('pg2', [row('max_connections')], { restart: ['max_connections'] })
    expect(viewOf(asked, [more]).findings).toMatchObject([{ kind: 'restart', host: 'pg2' }])
  })

  test('a host with a value of its own is named, with where it comes from', () => {
    const asked = withParameters({ work_mem: '16MB' })
    const own = viewOf(asked, [host('pg1', [workMem], { own: { work_mem: '8MB' } })])
    expect(own.findings).toMatchObject([{ kind: 'overridden', host: 'pg1', effective: '8MB' }])
    expect(own.findings[0]!.why).toContain('own patroni.yml says "8MB"')
    const system = viewOf(asked, [host('pg1', [{ ...workMem, sourceFile: '/x/postgresql.auto.conf' }])])
    expect(system.findings[0]!.why).toContain('ALTER SYSTEM')
    const narrow = { ...workMem, setting: '1024', shown: '1MB', sourceFile: '/data/postgresql.conf' }
    const written = viewOf(withParameters({ work_mem: '10kB' }), [host('pg1', [narrow])])
    expect(written.findings).toMatchObject([{ kind: 'adjusted', effective: '1MB' }])
    const nothing = viewOf(asked, [host('pg1', [workMem])])
    expect(nothing.findings).toMatchObject([{ kind: 'waiting' }])
  })

  test('a parameter that PostgreSQL does not have is refused; one of an extension may not be loaded', () => {
    const { findings } = viewOf(withParameters({ work_memory: '8MB', 'auto_explain.log_min_duration': 5 }), [
      host('pg1', []),
    ])
    expect(findings).toMatchObject([{ key: 'postgresql.parameters.work_memory', kind: 'refused' }])
  })

  test('a host that does not answer is said, and not guessed', () => {
    const { hosts, values } = viewOf(quiet, [host('pg1', []), host('pg2', [], { why: 'connection refused' })])
    expect(hosts[1]).toEqual({ name: 'pg2', why: 'connection refused', restart: [] })
    expect(values[0]!.effective).toEqual({ pg1: '20', pg2: null })
  })
})

describe('a change', () => {
  test.each([
    ['ttl', ['ttl']],
    ['patroni.ttl', ['ttl']],
    ['postgresql.parameters.work_mem', ['postgresql', 'parameters', 'work_mem']],
    ['postgresql.Work_Mem', ['postgresql', 'parameters', 'work_mem']],
    ['postgresql.auto_explain.log_min_duration', ['postgresql', 'parameters', 'auto_explain.log_min_duration']],
    ['postgresql.use_slots', ['postgresql', 'use_slots']],
    ['slots.cdc', ['slots', 'cdc']],
  ])('of %s is one of %j', (key, path) => expect(pathOf(key)).toEqual(path))

  test.each([
    ['tttl', /Patroni has no key tttl/],
    ['work_mem', /Patroni has no key work_mem.*parameters\.work_mem/s],
    ['postgresql', /all of what PostgreSQL gets/],
    ['postgresql.listen', /each host only/],
    ['postgresql..x', /empty part/],
    ['ttl.x', /ttl is one value/],
    ['constructor', /Patroni has no key constructor/],
  ])('of %s is refused', (key, why) => expect(() => pathOf(key)).toThrow(why))

  test('that nobody could use is refused; one that Patroni adjusts is not', () => {
    expect(() => requireUsable(['ttl'], 'soon', null)).toThrow('wants a whole number')
    expect(() => requireUsable(['ttl'], 5, null)).not.toThrow()
    expect(() => requireUsable(['ttl'], null, null)).not.toThrow()
    expect(() => requireUsable(['postgresql', 'pg_hba'], 'host all all all md5', null)).toThrow('wants a list of lines')
    expect(() => requireUsable(['postgresql', 'pg_hba'], ['local all all peer'], null)).not.toThrow()
    expect(() => requireUsable(['postgresql', 'use_slots'], 'soon', null)).toThrow('wants true or false')
    const path = ['postgresql', 'parameters', 'work_mem']
    expect(() => requireUsable(path, 'abc', workMem)).toThrow('it wants a number')
    expect(() => requireUsable(path, '10kB', workMem)).not.toThrow()
    expect(() => requireUsable(path, '8MB', null)).toThrow('PostgreSQL has no parameter work_mem')
    expect(() => requireUsable(['postgresql', 'parameters', 'port'], 5433, row('port'))).toThrow('postgresql.listen')
  })

  test('is a patch of that key alone', () => {
    expect(patchOf(['postgresql', 'parameters', 'work_mem'], null)).toEqual({
      postgresql: { parameters: { work_mem: null } },
    })
    expect(valueAt({ postgresql: { parameters: { work_mem: 1 } } }, ['postgresql', 'parameters', 'work_mem'])).toBe(1)
    expect(valueAt({}, ['postgresql', 'parameters', 'work_mem'])).toBeUndefined()
    expect(parameterOf(['ttl'])).toBeNull()
  })
})
