import { expect, test } from 'vitest'
import { readValue } from '../../../src-main/checks/values.js'
import { fakeWorld, type FakeWorld } from '../exercises/fake-world.js'
import { contextOf } from './ask.js'

const stamp = (at: number): string => new Date(at).toISOString().replace('T', ' ').replace('.', ',').slice(0, 23)

/** Patroni's log on pg1: what it says, and how many milliseconds ago. */
function logged(lines: [ago: number, text: string][]): FakeWorld {
  const world = fakeWorld()
  const stdout = lines.map(([ago, text]) => `patroni: ${stamp(world.now - ago)} INFO: ${text}\n`).join('')
  world.exec = async () => ({ code: 0, stdout, stderr: '' })
  return world
}
const seconds = (world: FakeWorld) => readValue({ 'rejoin-seconds': { host: 'pg1' } }, contextOf(world))

test('a rewind lasts from its first line in the log to its last', async () => {
  const world = logged([
    [5200, 'running pg_rewind from dbname=postgres'],
    [4400, 'pg_rewind exit code=0'],
  ])
  expect(await seconds(world)).toMatchObject({ ok: true, value: 0.8 })
})

test('of several the newest counts, whatever the order of the lines', async () => {
  const world = logged([
    [9000, 'Removing data directory: /var/lib/postgresql/17/main'],
    [7500, 'replica has been created using basebackup'],
    [50_000, 'running pg_rewind from dbname=postgres'],
    [40_000, 'pg_rewind exit code=0'],
  ])
  expect(await seconds(world)).toMatchObject({ ok: true, value: 1.5 })
})

test('a copy that failed and was begun again counts from its last begin', async () => {
  const world = logged([
    [30_000, 'Removing data directory: /var/lib/postgresql/17/main'],
    [9000, 'Removing data directory: /var/lib/postgresql/17/main'],
    [7000, 'replica has been created using basebackup'],
  ])
  expect(await seconds(world)).toMatchObject({ ok: true, value: 2 })
})

test.each<[string, [number, string][]]>([
  ['one that still runs', [[3000, 'running pg_rewind from dbname=postgres']]],
  [
    'one that failed',
    [
      [3000, 'running pg_rewind from dbname=postgres'],
      [2000, 'pg_rewind exit code=1'],
    ],
  ],
  [
    'one before the step',
    [
      [90_000, 'running pg_rewind from x'],
      [80_000, 'pg_rewind exit code=0'],
    ],
  ],
])('%s has no length yet', async (_, lines) => {
  expect(await seconds(logged(lines))).toMatchObject({
    ok: false,
    why: expect.stringContaining('no rewind and no copy'),
  })
})

test('replicas are counted in the order of the topology, without the leader', async () => {
  const world = fakeWorld()
  expect(await readValue({ replica: 1 }, contextOf(world))).toMatchObject({ ok: true, value: 'pg2' })
  world.lead('pg2', 2)
  expect(await readValue({ replica: 1 }, contextOf(world))).toMatchObject({ ok: true, value: 'pg1' })
  expect(await readValue({ replica: 2 }, contextOf(world))).toMatchObject({
    ok: false,
    why: 'there is no replica number 2',
  })
})
