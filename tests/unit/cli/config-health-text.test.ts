import { describe, expect, test } from 'vitest'
import { changeText, configText, ownText } from '../../../src-main/cli/config-text.js'
import { healthText } from '../../../src-main/cli/health-text.js'
import { typedValue } from '../../../src-main/contract/config.js'
import { configAt, healthAt } from '../../support/gallery/pages.js'
import { run } from '../../../src-main/cli/program.js'
import type { Io } from '../../../src-main/cli/io.js'

describe('the configuration in a terminal', () => {
  const text = configText(configAt(), 'pair-witness')

  test('has a row per key, and what is in force on each host where they differ', () => {
    expect(text).toMatch(/^ttl +15 +20 +adjusted$/m)
    expect(text).toMatch(/^failsafe_mode +- +false$/m)
    expect(text).toMatch(/^postgresql\.parameters\.max_connections +90 +pg1 90, pg2 100 +needs a restart$/m)
  })

  test('says what, why and what next of everything that is not as asked', () => {
    expect(text).toContain(
      'postgresql.parameters.max_connections on pg2 needs a restart: asked 90, in force 100\n' +
        '  why   PostgreSQL takes it up only when it starts\n' +
        '  next  `patronictl restart pair-witness pg2`\n',
    )
    const quiet = configText({ ...configAt(), findings: [] }, 'pair-witness')
    expect(quiet).toMatch(/everything that was asked for is in force\n$/)
  })

  test('says of a change what it was, who took it up, and what needs a restart where', () => {
    const done = {
      key: 'ttl',
      before: 20,
      asked: 30,
      changed: true,
      seconds: 2.14,
      takenUp: ['pg1'],
      restart: [],
      findings: [],
    }
    expect(changeText(done)).toBe('ttl: 20 -> 30\ntaken up by pg1 within 2.1 s\nno restart needed\n')
    const restart = [{ host: 'pg1', parameters: ['max_connections'] }]
    expect(changeText({ ...done, changed: false, takenUp: [], restart })).toBe(
      'ttl was 30 already\nno Patroni has taken it up yet\nrestart pg1: max_connections\n',
    )
  })

  test('says line by line what a lab made of a file', () => {
    const changed = {
      key: 'ttl',
      line: 1,
      column: 1,
      outcome: 'changed' as const,
      asked: 5,
      effective: '20',
      why: 'it is short',
    }
    const text = ownText(
      [changed, { ...changed, key: 'pause', line: 12, outcome: 'left out', effective: undefined, why: 'no' }],
      [],
    )
    expect(text).toBe(
      '\nnot as your file has it:\n  line 1   ttl    changed to 20  it is short\n  line 12  pause  left out       no\n',
    )
    expect(ownText([], [])).toContain('everything in your file is in force')
  })
})

test('health in a terminal: findings with since when and what next, then everything that was looked at', () => {
  const text = healthText(healthAt())
  expect(text).toContain('lab "pw-1"  pair-witness: 3 findings, 2 of them critical')
  expect(text).toContain(
    'CRITICAL  host: pg2 is down: it crashed\n          since 1 min ago; rule host-away\n          next: dojo fault pw-1 start pg2\n',
  )
  expect(text).toContain('since when is not known; rule slot-unused')
  expect(text).toMatch(/^witness +ok +ok +ok$/m)
  expect(text).toMatch(/^pg2 +WRONG +WRONG +\?/m)
  expect(healthText({ ...healthAt(), findings: [] })).toContain('pair-witness: healthy')
})

test.each([
  ['30', 30],
  ['true', true],
  ['null', null],
  ['16MB', '16MB'],
  ['on', 'on'],
  ['{"cdc":{"type":"physical"}}', { cdc: { type: 'physical' } }],
  ['"30"', '30'],
])('a typed %s is %j', (text, value) => expect(typedValue(text)).toEqual(value))

describe('`dojo config`', () => {
  const failed = async (...argv: string[]): Promise<{ code: number; err: string }> => {
    let err = ''
    const io = {
      out: () => undefined,
      err: (text: string) => (err += text),
      columns: () => 80,
      tty: false,
    } as unknown as Io
    return { code: await run(['config', ...argv], io), err }
  }
  test.each([
    [['a', 'put', 'ttl', '30'], 'it is neither set nor unset'],
    [['a', 'set'], '`set` wants one'],
    [['a', 'set', 'ttl'], 'ttl is to become something'],
    [['a', 'unset', 'ttl', '30'], '`unset` takes no value'],
    [['a', 'set', 'slots', '{"a"'], 'it begins like JSON'],
  ])('%j ends with 2', async (argv, why) => {
    const { code, err } = await failed(...argv)
    expect(code).toBe(2)
    expect(err).toContain(why)
  })
})
