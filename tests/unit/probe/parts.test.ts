import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { ledgerFile, openLedger } from '../../../src-main/probe/ledger.js'
import { trackOutages } from '../../../src-main/probe/outages.js'
import { addTo, countOf, type Range } from '../../../src-main/probe/ranges.js'
import { countTicks } from '../../../src-main/probe/ticks.js'
import { outcomeOf } from '../../../src-main/probe/sender.js'

test('numbers in any order become few ranges, each counted once', () => {
  const ranges: Range[] = []
  for (const n of [1, 2, 5, 4, 3, 9, 7, 7, 1, 8]) addTo(ranges, n)
  expect(ranges).toEqual([
    [1, 5],
    [7, 9],
  ])
  expect(countOf(ranges)).toBe(8)
  const shuffled: Range[] = []
  const numbers = Array.from({ length: 2000 }, (_, n) => (n * 7919) % 2000)
  for (const n of numbers) addTo(shuffled, n)
  expect(shuffled).toEqual([[0, 1999]])
})

test('a ledger that is opened again knows what was acknowledged and what is unknown', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'dojo-ledger-'))
  try {
    const ended = { from: 5, lastAckAt: 4, until: 9, seconds: 0.005, failed: 1, unknown: 0, connectedAt: 8 }
    const first = await openLedger(dir, 'proxy')
    for (let id = 1; id <= 100; id++) {
      if (id === 50) first.unknown(7, id)
      else first.acknowledged(7, id)
      if (id % 30 === 0) await first.save()
    }
    first.failed(7)
    first.outageEnded(7, ended)
    await first.save()
    first.acknowledged(7, 101) // never saved, as after a kill
    await first.close()
    const second = await openLedger(dir, 'proxy')
    expect(second.runs()).toEqual([
      {
        run: 7,
        acked: [
          [1, 49],
          [51, 100],
        ],
        unknown: [50],
        failed: 1,
        outages: [ended],
      },
    ])
    expect(second.totals()).toEqual({ acknowledged: 99, failed: 1, unknown: 1 })
    await second.close()
    expect([ledgerFile('proxy'), ledgerFile('direct')]).toEqual(['probe.jsonl', 'probe-direct.jsonl'])
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})

test('an outage runs from the last acknowledgement before to the first one after', () => {
  const tracker = trackOutages(0)
  for (let t = 25; t <= 1000; t += 25) expect(tracker.acknowledged(t - 5, t)).toEqual([])
  const began = [1025, 1050].flatMap((t) => tracker.missed('failed', t, t))
  expect(began).toEqual([])
  expect(tracker.missed('unknown', 1010, 3010)).toEqual(
    [
      {
        what: 'began',
        outcome: undefined,
        outage: { from: 1010, lastAckAt: 1000, until: null, seconds: 2.01, failed: 2, unknown: 1 },
      },
    ].map(({ what, outage }) => ({ what, outage })),
  )
  expect(tracker.outages(11_000)).toMatchObject([{ until: null, seconds: 10 }])
  expect(tracker.acknowledged(22_880, 22_900)).toEqual([
    { what: 'ended', outage: { from: 1010, lastAckAt: 1000, until: 22_900, seconds: 21.9, failed: 2, unknown: 1 } },
  ])
  expect(tracker.outages(30_000)).toHaveLength(1)
})

test('an outage keeps when the connection was made that ended it', () => {
  const tracker = trackOutages(0)
  tracker.acknowledged(90, 100, 1)
  for (let n = 0; n < 20; n++) tracker.missed('failed', 110 + n, 110 + n)
  expect(tracker.acknowledged(5_900, 6_000, 5_000)).toMatchObject([{ what: 'ended', outage: { connectedAt: 5_000 } }])
})

test('a few failed writes between acknowledgements are no outage, more than ten are', () => {
  const tracker = trackOutages(0)
  tracker.acknowledged(90, 100)
  for (let n = 0; n < 10; n++) expect(tracker.missed('failed', 110 + n, 110 + n)).toEqual([])
  expect(tracker.acknowledged(190, 200)).toEqual([])
  for (let n = 0; n < 10; n++) tracker.missed('failed', 210 + n, 210 + n)
  expect(tracker.missed('failed', 221, 221)).toMatchObject([{ what: 'began', outage: { failed: 11 } }])
  expect(tracker.acknowledged(290, 300)).toMatchObject([{ what: 'ended', outage: { seconds: 0.1 } }])
})

test('writes that hung and then went through leave an outage as well', () => {
  const tracker = trackOutages(0)
  tracker.acknowledged(0, 10)
  expect(tracker.acknowledged(20, 1900).map(({ what }) => what)).toEqual(['began', 'ended'])
})

test('ticks count when an answer came, and unknown writes when they were sent', () => {
  const ticks = countTicks(1000)
  ticks.count('acked', 1010)
  ticks.count('acked', 1020)
  ticks.count('failed', 1110)
  expect(ticks.take(1250)).toEqual([{ t: 1000, k: 'ticks', acked: [2, 0], failed: [0, 1], unknown: [0, 0] }])
  ticks.count('unknown', 1020) // given up later
  ticks.count('unknown', 1120)
  expect(ticks.take(1300)).toEqual([
    { t: 1000, k: 'ticks', acked: [0, 0], failed: [0, 0], unknown: [1, 1] },
    { t: 1200, k: 'ticks', acked: [0], failed: [0], unknown: [0] },
  ])
  expect(ticks.take(1350)).toEqual([])
})

test('ticks keep the longest wait of what was acknowledged in them', () => {
  const ticks = countTicks(1000)
  ticks.count('acked', 1010, 4)
  ticks.count('acked', 1020, 30)
  ticks.count('acked', 1030, 5)
  ticks.count('failed', 1110)
  expect(ticks.take(1250)).toMatchObject([{ acked: [3, 0], slowestMs: [30, null] }])
  expect(ticks.take(1350)[0]).not.toHaveProperty('slowestMs')
})

test.each([
  ['25006', 'failed'], // read-only: the server said no
  ['23505', 'failed'],
  ['57P01', 'unknown'], // shutdown can hit after the commit
  ['XX000', 'unknown'],
])('an answer with SQLSTATE %s makes a write %s', (code, outcome) => {
  const error = new pg.DatabaseError('said so', 10, 'error')
  error.code = code
  expect(outcomeOf(error).outcome).toBe(outcome)
})

test('a connection that broke under a write makes it unknown, never failed', () => {
  expect(outcomeOf(new Error('Connection terminated unexpectedly'))).toEqual({
    outcome: 'unknown',
    why: 'connection reset',
  })
})
