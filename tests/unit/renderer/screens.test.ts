import { describe, expect, test } from 'vitest'
import type { ExerciseSummary } from '../../../src-main/contract/exercise.js'
import { placesOf, linksOf, routeOf } from '../../../src-renderer/boot/boot-layout.js'
import { plainLine } from '../../../src-renderer/boot/boot-log.js'
import { scaleOf } from '../../../src-renderer/boot/phases.js'
import { keysOf } from '../../../src-renderer/app/commands.js'
import { matching } from '../../../src-renderer/app/find.js'
import { nextExercise, pathOf } from '../../../src-renderer/home/path.js'
import { age, clock, disk, duration, memory, minutes, moment } from '../../../src-renderer/ui/format.js'
import { optionFields, optionValues } from '../../../src-renderer/workspace/fault-kinds.js'
import { bootAt } from '../../support/gallery/boots.js'
import { labInfo } from '../../support/gallery/clusters.js'
import { failover, homeWith } from '../../support/gallery/homes.js'

test('figures carry their unit', () => {
  expect([duration(400), duration(21_900), duration(72_000), duration(840_000), duration(11_100_000)]).toEqual([
    '0.4 s',
    '21.9 s',
    '72 s',
    '14 min',
    '3 h 05 min',
  ])
  expect([age(24_700), age(150_000)]).toEqual(['24 s', '3 min'])
  expect([minutes(30), minutes(775), minutes(120)]).toEqual(['30 min', '12 h 55 min', '2 h'])
  expect([clock(751_000), moment(750_200), moment(3_750_240)]).toEqual(['00:12:31', '12:30.2', '1:02:30.2'])
  expect([memory(165 * 2 ** 20), memory(24 * 2 ** 30), disk(365e6)]).toEqual(['165 MiB', '24 GiB', '365 MB'])
})

const exercise = (part: Partial<ExerciseSummary>): ExerciseSummary => ({ ...failover, attempt: null, ...part })
const attempt = (state: 'running' | 'finished' | 'abandoned') => ({ id: 'a', lab: 'l', state, step: 2 })

describe('the way in', () => {
  const read = exercise({ slug: 'read', number: 1 })
  test('is the attempt that runs', () => {
    const running = exercise({ attempt: attempt('running') })
    expect(nextExercise([read, running])).toBe(running)
  })
  test('is the first exercise that is not done', () => {
    expect(
      nextExercise([exercise({}), exercise({ slug: 'read', number: 1, attempt: attempt('finished') })])?.slug,
    ).toBe('failover')
  })
  test('an abandoned exercise is open again', () => {
    expect(nextExercise([exercise({ attempt: attempt('abandoned') })])?.slug).toBe('failover')
  })
  test('is nothing where there is none', () => expect(nextExercise([])).toBeNull())
})

describe('the learning path', () => {
  const path = pathOf(homeWith({ lab: 'healthy', step: 3 }))
  test('holds every exercise once, planned or not', () => {
    expect(path.stops.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, i) => i + 1),
    )
    expect(path.stops.filter(({ state }) => state !== 'planned').map(({ title, step }) => [title, step])).toEqual([
      ['Failover', '4/7'],
    ])
  })
  test('no two stops share a place', () => {
    expect(new Set(path.stops.map(({ row, column }) => `${row}.${column}`)).size).toBe(30)
  })
  test('keeps what belongs to no row', () => {
    const { others } = pathOf({
      exercises: [],
      planned: [{ number: 1, title: 'A forgotten pause', group: 'Incidents', minutes: 20 }],
    })
    expect(others).toHaveLength(1)
  })
})

describe('the boot picture', () => {
  const boot = bootAt()
  const columns = placesOf(boot.hosts, labInfo())
  test("follows the author's places", () => {
    expect(columns.map((column) => column.map(({ name }) => name))).toEqual([
      ['proxy'],
      ['pg1', 'pg2'],
      ['witness', 'backup'],
    ])
  })
  test('has places before they are known', () => {
    expect(placesOf(boot.hosts, null).flat()).toHaveLength(5)
  })
  test('shows a link as there only when both ends are up', () => {
    const links = linksOf(boot, columns)
    expect(links.filter(({ kind, on }) => kind === 'etcd' && on)).toHaveLength(2)
    expect(links.find(({ kind }) => kind === 'client')?.on).toBe(false)
    expect(links.find(({ kind }) => kind === 'stream')?.on).toBe(false)
  })
  test('members in one column meet their neighbour, not one behind it', () => {
    const hosts = ['etcd1', 'etcd2', 'etcd3'].map((name) => ({
      ...boot.hosts[0]!,
      name,
      services: [{ service: 'etcd', state: 'up' as const, detail: '' }],
    }))
    const etcd = linksOf({ ...boot, hosts }, [hosts]).filter(({ kind }) => kind === 'etcd')
    expect(etcd.map(({ from, to }) => `${from} ${to}`)).toEqual(['etcd2 etcd1', 'etcd3 etcd2'])
  })
  test('ends a link at its service', () => {
    const box = { x: 0, y: 0, width: 100, height: 100, rows: { etcd: 20 } }
    const { end } = routeOf({ kind: 'etcd', from: 'a', to: 'b', on: true }, box, { ...box, x: 300, rows: { etcd: 60 } })
    expect([end.from.y, end.to.y]).toEqual([20.5, 60.5])
  })
  test('has a scale with room for a boot that takes longer than the last', () => {
    expect(scaleOf(boot, 5_700).endMs).toBeGreaterThan(6_800)
    expect(scaleOf(boot, 95_000)).toEqual({ endMs: 100_000, stepMs: 20_000 })
  })
})

test('log lines are read without the time that the screen already shows', () => {
  expect(plainLine('2026-11-21 03:48:40,795 INFO: postmaster pid=95')).toBe('INFO: postmaster pid=95')
  expect(plainLine('2026-11-21 03:48:40.760 UTC [95] LOG:  ready')).toBe('LOG:  ready')
  expect(plainLine('{"level":"info","ts":"x","msg":"ready to serve client requests"}')).toBe(
    'ready to serve client requests',
  )
  expect(plainLine('{"level":"warn","msg":"closing","error":"refused"}')).toBe('closing: refused')
  expect(plainLine('{"level":"warn","msg":"the \\"peer\\" is late","remote":"cut in')).toBe('the "peer" is late')
  expect(plainLine('{"level":"warn","msg":"cut in the mid')).toBe('{"level":"warn","msg":"cut in the mid')
})

describe('keys', () => {
  const key = (part: Partial<KeyboardEvent>) =>
    keysOf({ ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, key: '', code: '', ...part })
  test('are spelled as commands spell them', () => {
    expect(key({ ctrlKey: true, key: 'k', code: 'KeyK' })).toBe('Ctrl K')
    expect(key({ altKey: true, key: '¡', code: 'Digit1' })).toBe('Alt 1')
    expect(key({ shiftKey: true, key: 'F6' })).toBe('Shift F6')
  })
  test('commands are found by every word, those that begin with it first', () => {
    const command = (title: string) => ({ id: title, title, group: 'Faults' as const, run: () => undefined })
    const found = matching([command('Let pg1 crash'), command('Crash pg1'), command('Crash pg2')], 'crash pg1')
    expect(found.map(({ title }) => title)).toEqual(['Crash pg1', 'Let pg1 crash'])
  })
})

test("a fault's form comes from its schema, and empty fields keep their defaults", () => {
  const fields = optionFields({
    type: 'object',
    properties: {
      process: { type: 'string', enum: ['postgres', 'patroni'], default: 'patroni', description: 'Which' },
      seconds: { type: 'integer' },
      from: { type: 'array' },
    },
    required: ['from', 'process'],
  })
  expect(fields.map(({ kind, start, required }) => [kind, start, required])).toEqual([
    ['choice', 'patroni', false],
    ['number', '', false],
    ['hosts', '', true],
  ])
  expect(optionValues(fields, { seconds: ' 5 ', from: 'pg2, witness' })).toEqual({
    process: 'patroni',
    seconds: 5,
    from: ['pg2', 'witness'],
  })
  expect(optionValues(fields, {})).toEqual({ process: 'patroni' })
})
