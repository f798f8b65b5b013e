import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { DojoError } from '../../../src-main/contract/errors.js'
import { readPatroniFile, withoutSet, withPatroni } from '../../../src-main/lab/patroni-file.js'
import { timeoutsOf, wholeNumber, yesOrNo } from '../../../src-main/lab/patroni-rules.js'
import { renderPatroni } from '../../../src-main/lab/render/patroni.js'
import { planOf, topologyOf } from './plan-of.js'

const topology = topologyOf(undefined, { settings: { postgresql: { shared_buffers: '64MB' } } })
const read = (text: string) => readPatroniFile({ file: 'mine.yml', text }, topology)
const refused = (text: string): string => {
  try {
    read(text)
  } catch (error) {
    expect(error).toBeInstanceOf(DojoError)
    expect((error as DojoError).code).toBe('content-invalid')
    return (error as DojoError).said.why
  }
  throw new Error('it was accepted')
}

describe('what Patroni makes of its timeouts', () => {
  test.each([
    [{ ttl: 30, loop_wait: 10, retry_timeout: 10 }, { ttl: 30, loop_wait: 10, retry_timeout: 10 }, []],
    [{}, { ttl: 30, loop_wait: 10, retry_timeout: 10 }, []],
    [{ ttl: 10, loop_wait: 1, retry_timeout: 3 }, { ttl: 20, loop_wait: 1, retry_timeout: 3 }, ['ttl']],
    [{ ttl: 20, loop_wait: 10, retry_timeout: 8 }, { ttl: 20, loop_wait: 4, retry_timeout: 8 }, ['loop_wait']],
    [
      { ttl: 20, loop_wait: 5, retry_timeout: 12 },
      { ttl: 20, loop_wait: 1, retry_timeout: 9 },
      ['loop_wait', 'retry_timeout'],
    ],
    [
      { ttl: '25', loop_wait: 0, retry_timeout: 1 },
      { ttl: 25, loop_wait: 1, retry_timeout: 3 },
      ['loop_wait', 'retry_timeout'],
    ],
  ])('%o becomes %o', (asked, values, changed) => {
    const seen = timeoutsOf(asked)
    expect(seen).toMatchObject({ values })
    expect('adjusted' in seen && seen.adjusted.map(({ key }) => key)).toEqual(changed)
  })

  test('one that is no number has it leave everything as it was', () => {
    expect(timeoutsOf({ ttl: 'thirty' })).toEqual({ wrong: 'ttl' })
  })

  test('reads numbers as Python does, and truths as PostgreSQL does', () => {
    expect(['12', 12.9, true, '12s', null].map(wholeNumber)).toEqual([12, 12, 1, null, null])
    expect(['on', 'YES', 1, 'off', 'maybe'].map(yesOrNo)).toEqual([true, true, true, false, null])
  })
})

describe("a person's own configuration", () => {
  test('is taken as show-config prints it, and every other value is Patroni’s default', () => {
    const own = read(
      'ttl: 30\nloop_wait: 10\nretry_timeout: 10\nsynchronous_mode: on\npostgresql:\n  parameters: { max_connections: 50 }\n',
    )
    expect(own.notHonoured).toEqual([])
    expect(own.config).toMatchObject({ ttl: 30, postgresql: { parameters: { max_connections: 50 } } })
    const { patroni, postgresql } = withPatroni(topology, own).settings
    expect(patroni).toMatchObject({ ttl: 30, loop_wait: 10, synchronous_mode: true, failsafe_mode: false })
    expect(postgresql).toEqual({ shared_buffers: '64MB' })
  })

  test('is found in a patroni.yml, whose rest is about one host', () => {
    const own = read(
      'scope: mine\nbootstrap:\n  dcs:\n    ttl: 40\n  initdb: [data-checksums]\nrestapi: { listen: 0.0.0.0:8008 }\n',
    )
    expect(own.config).toEqual({ ttl: 40 })
    expect(own.notHonoured.map(({ key, line, column }) => [key, line, column])).toEqual([
      ['scope', 1, 1],
      ['bootstrap.initdb', 5, 3],
      ['restapi', 6, 1],
    ])
  })

  test('says key by key, with its line, what a lab could not honour', () => {
    const own = read(`ttl: 10
loop_wait: 10
retry_timeout: 8
maximum_lag_on_failver: 5
pause: true
postgresql:
  pg_hba: [host all all all trust]
  listen: 0.0.0.0:5433
  parameters:
    archive_command: cp %p /archive/%f
    ssl: on
    shared_buffers: 8GB
    shared_preload_libraries: pg_stat_statements,timescaledb
    lc_messages: en_US.UTF-8
    password_encryption: md5
    WORK_MEM: 8MB
`)
    expect(own.notHonoured.map(({ key, line, outcome, effective }) => [line, key, outcome, effective])).toEqual([
      [1, 'ttl', 'changed', '20'],
      [2, 'loop_wait', 'changed', '4'],
      [4, 'maximum_lag_on_failver', 'left out', undefined],
      [5, 'pause', 'left out', undefined],
      [7, 'postgresql.pg_hba', 'left out', undefined],
      [8, 'postgresql.listen', 'left out', undefined],
      [10, 'postgresql.parameters.archive_command', 'left out', undefined],
      [11, 'postgresql.parameters.ssl', 'left out', undefined],
      [12, 'postgresql.parameters.shared_buffers', 'left out', undefined],
      [13, 'postgresql.parameters.shared_preload_libraries', 'left out', undefined],
      [14, 'postgresql.parameters.lc_messages', 'left out', undefined],
      [15, 'postgresql.parameters.password_encryption', 'left out', undefined],
    ])
    expect(own.config).toEqual({
      ttl: 20,
      loop_wait: 4,
      retry_timeout: 8,
      postgresql: { parameters: { work_mem: '8MB' } },
    })
    expect(own.notHonoured.at(-3)!.why).toContain('timescaledb')
  })

  test('is what the cluster is born with; the lab keeps what it owns', () => {
    const own = read(
      'synchronous_mode: quorum\nslots: { cdc: { type: physical } }\npostgresql: { parameters: { work_mem: 9MB } }\n',
    )
    const spec = withPatroni(topology, own)
    const [file] = renderPatroni({ ...planOf(spec), dynamic: own.config }, 'pg1')
    const { bootstrap } = parse(file!.content, { version: '1.1' }) as { bootstrap: { dcs: Record<string, never> } }
    expect(bootstrap.dcs).toMatchObject({
      ttl: 30,
      synchronous_mode: 'quorum',
      slots: { cdc: { type: 'physical' } },
      postgresql: { use_slots: true, parameters: { work_mem: '9MB', shared_buffers: '64MB', archive_mode: 'on' } },
    })
    expect(bootstrap.dcs['postgresql']!['pg_hba']).toHaveLength(6)
  })

  test('gives way to --set', () => {
    const own = read('ttl: 40\nloop_wait: 5\npostgresql: { parameters: { work_mem: 9MB, max_connections: 50 } }\n')
    const { config } = withoutSet(own, ['patroni.ttl=25', 'postgresql.work_mem=4MB'])
    expect(config).toEqual({ loop_wait: 5, postgresql: { parameters: { max_connections: 50 } } })
  })

  test.each([
    ['ttl: [', /^mine\.yml:1:\d+: /],
    ['just words', /^mine\.yml:1:1: keys and values/],
    ['loop_wait: 2\nttl: soon\n', 'mine.yml:2:1: ttl: it wants a whole number, and "soon" is not'],
    [
      'bootstrap:\n  dcs:\n    synchronous_mode: maybe\n',
      /^mine\.yml:3:5: synchronous_mode: it wants true, false or quorum/,
    ],
    ['postgresql:\n  parameters:\n    work_mem: [1, 2]\n', 'mine.yml:3:5: work_mem: a parameter is one value'],
    ['postgresql:\n  parameters: all\n', /^mine\.yml:2:3: postgresql\.parameters/],
  ])('%j is refused with its place', (text, why) => {
    expect(refused(text)).toMatch(why)
  })
})
