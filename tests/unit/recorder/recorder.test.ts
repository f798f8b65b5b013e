import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LabRecord } from '../../../src-main/contract/record.js'
import { compact } from '../../../src-main/recorder/compact.js'
import { openRecorder } from '../../../src-main/recorder/recorder.js'

let dir: string
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'dojo-records-'))))
afterEach(() => rm(dir, { recursive: true, force: true }))

const crash = (t: number): LabRecord => ({
  t,
  k: 'event',
  kind: 'host.crashed',
  host: 'pg1',
  text: 'crash pg1',
  data: {},
  source: 'engine',
})
const lease = (t: number, leftMs: number | null, holder: string | null = 'pg1'): LabRecord => ({
  t,
  k: 'lease',
  holder,
  leftMs,
  ttlS: 20,
})
const ticks = (t: number, acked: number[]): LabRecord => {
  const none = acked.map(() => 0)
  return { t, k: 'ticks', acked, failed: none, unknown: none }
}

test('a recorder that is opened again has everything, in order', async () => {
  const first = await openRecorder(dir)
  for (let n = 0; n < 100; n++) first.append(crash(1000 + n))
  await first.close()
  const second = await openRecorder(dir)
  expect(second.all()).toEqual(Array.from({ length: 100 }, (_, n) => crash(1000 + n)))
  await second.close()
})

test('a process that was killed while it wrote loses its last line and nothing else', async () => {
  const first = await openRecorder(dir)
  first.append(crash(1))
  await first.close()
  await appendFile(join(dir, 'records.jsonl'), JSON.stringify(crash(2)).slice(0, 30))
  const second = await openRecorder(dir)
  second.append(crash(3))
  await second.close()
  const third = await openRecorder(dir)
  expect(third.all().map(({ t }) => t)).toEqual([1, 3])
  await third.close()
})

test('lines of a newer version are skipped, and kept in the file', async () => {
  await appendFile(join(dir, 'records.jsonl'), `{"t":1,"k":"hologram"}\n${JSON.stringify(crash(2))}\n`)
  const recorder = await openRecorder(dir)
  expect(recorder.all()).toEqual([crash(2)])
  await recorder.close()
  expect(await readFile(join(dir, 'records.jsonl'), 'utf8')).toContain('hologram')
})

test('listeners hear each record once, until they leave', async () => {
  const recorder = await openRecorder(dir)
  const heard: number[] = []
  const leave = recorder.onAppend(({ t }) => heard.push(t))
  recorder.append(crash(1))
  leave()
  recorder.append(crash(2))
  expect(heard).toEqual([1])
  await recorder.close()
})

test('since gives a block of ticks that reaches into the time asked for', async () => {
  const recorder = await openRecorder(dir)
  recorder.append(ticks(1000, [4, 4, 4]))
  recorder.append(crash(1500))
  recorder.append(lease(900, 20_000))
  expect(recorder.since(1200).map(({ k }) => k)).toEqual(['ticks', 'event'])
  expect(recorder.since(0).map(({ t }) => t)).toEqual([900, 1000, 1500])
  await recorder.close()
})

test('packing ticks loses no write and keeps gaps as gaps', () => {
  const records = [ticks(0, [1, 2]), ticks(200, [3]), crash(250), ticks(300, [4]), ticks(900, [5])]
  expect(compact(records, 3_600_000)).toEqual([ticks(0, [1, 2, 3, 4]), crash(250), ticks(900, [5])])
  expect(compact(records, 1000)).toEqual(records)
})

test('packing ticks keeps the longest waits in their places, also beside blocks that have none', () => {
  const waits = (t: number, acked: number[], slowestMs: (number | null)[]): LabRecord => ({
    ...(ticks(t, acked) as Extract<LabRecord, { k: 'ticks' }>),
    slowestMs,
  })
  const records = [ticks(0, [1, 2]), waits(200, [3, 0], [7, null]), ticks(400, [4])]
  expect(compact(records, 3_600_000)).toEqual([waits(0, [1, 2, 3, 0, 4], [null, null, 7, null, null])])
})

test('old leases are thinned where they were simply renewed, and nowhere else', () => {
  const renewed = Array.from({ length: 100 }, (_, n) => lease(n * 500, 20_000 - (n % 4) * 500))
  const dying = Array.from({ length: 40 }, (_, n) => lease(50_000 + n * 500, 20_000 - n * 500))
  const kept = compact([...renewed, ...dying, lease(70_000, null, null), lease(70_500, 20_000, 'pg2')], 3_600_000)
  expect(kept.filter(({ t }) => t < 50_000)).toHaveLength(10)
  expect(kept.filter(({ t }) => t >= 61_000)).toHaveLength(20)
})

test('hours of use stay bounded in memory', { timeout: 60_000 }, async () => {
  const day = 24 * 3600
  let records: LabRecord[] = []
  for (let second = 0; second < day; second += 60) {
    for (let n = 0; n < 120; n++) records.push(lease((second + n / 2) * 1000, 20_000 - (n % 4) * 500))
    for (let n = 0; n < 240; n++) records.push(ticks((second + n / 4) * 1000, [10, 10, 5].slice(0, n % 2 ? 3 : 2)))
    records = compact(records, (second + 60) * 1000)
  }
  expect(records.length).toBeLessThan(120_001)
})

test('old positions are thinned while the hosts stay the same; the longest waits are packed with their ticks', () => {
  const gauge = (t: number, ...names: string[]): LabRecord => ({
    t,
    k: 'gauge',
    hosts: Object.fromEntries(names.map((name) => [name, { walBytes: t, lagBytes: 0, lagMs: 0 }])),
  })
  const both = Array.from({ length: 20 }, (_, n) => gauge(n * 1_000, 'pg1', 'pg2'))
  const records = [...both, gauge(20_000, 'pg2'), gauge(21_000, 'pg2')]
  expect(compact(records, 3_600_000).map(({ t }) => t)).toEqual([0, 5_000, 10_000, 15_000, 20_000])
  expect(compact(records, 30_000)).toEqual(records)

  const slow = { ...ticks(200, [3]), slowestMs: [7] } as LabRecord
  expect(compact([ticks(0, [1, 2]), slow], 3_600_000)).toEqual([{ ...ticks(0, [1, 2, 3]), slowestMs: [null, null, 7] }])
})
