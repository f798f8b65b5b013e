import { describe, expect, test } from 'vitest'
import { both, firstOf, without, type Range } from '../../../src-main/probe/ranges.js'
import type { Holdings } from '../../../src-main/probe/table.js'
import { judge, settledBy, type Asked, type Claimed } from '../../../src-main/probe/verify.js'

test('what is in one list of ranges and not in the other, against counting one by one', () => {
  let state = 7
  const random = (): number => (state = (state * 1664525 + 1013904223) % 4294967296) / 4294967296
  const rangesOf = (numbers: readonly number[]): Range[] => {
    const ranges: Range[] = []
    for (const n of numbers) {
      const last = ranges.at(-1)
      if (last?.[1] === n - 1) last[1] = n
      else ranges.push([n, n])
    }
    return ranges
  }
  const all = Array.from({ length: 60 }, (_, n) => n)
  for (let round = 0; round < 200; round++) {
    const [a, b] = [all.filter(() => random() < 0.6), all.filter(() => random() < 0.6)]
    expect(firstOf(without(rangesOf(a), rangesOf(b)), 99)).toEqual(a.filter((n) => !b.includes(n)))
    expect(firstOf(both(rangesOf(a), rangesOf(b)), 99)).toEqual(a.filter((n) => b.includes(n)))
  }
})

const run = 7
const claimed = (acked: Range[], unknown: number[] = []): Claimed[] => [{ run, acked, unknown }]
const has = (rows: Range[], { recovery = false, marks = [] as Range[] } = {}): Holdings => ({
  recovery,
  timeline: 1,
  address: null,
  rows: new Map([[run, rows]]),
  held: new Map([[run, [...marks, ...rows]]]),
})
const on = (host: string, found: Holdings): Asked => ({ host, found })
const away = (host: string): Asked => ({ host, why: 'connection refused' })

describe('the ledger against every host', () => {
  test('lost is what the present primary does not have; an old primary may still have it', () => {
    const primary = has([
      [1, 60],
      [101, 110],
    ])
    // the old primary's own end of history: 61 to 90 acknowledged by it, 91 and 92 never answered
    const old = has([[1, 92]])
    const ledger = claimed(
      [
        [1, 90],
        [101, 110],
      ],
      [91, 92, 93],
    )
    const said = judge(ledger, { host: 'pg2', found: primary }, [on('pg1', old), on('pg2', primary), away('pg3')], 5)
    expect(said).toMatchObject({ at: 5, host: 'pg2', acknowledged: 100, lost: 30, unknownFound: 0 })
    expect(said.examples.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, n) => 61 + n))
    expect(said.hosts).toEqual([
      { host: 'pg1', recovery: false, timeline: 1, absent: 10, onlyHere: 32, ackedOnlyHere: 30 },
      { host: 'pg2', recovery: false, timeline: 1, absent: 0 + 30, onlyHere: 0, ackedOnlyHere: 0 },
      {
        host: 'pg3',
        recovery: null,
        timeline: null,
        absent: null,
        onlyHere: null,
        ackedOnlyHere: null,
        why: 'connection refused',
      },
    ])
  })

  test('an unknown write that is there is counted as found, and is no loss when it is not', () => {
    const primary = has([[1, 11]])
    const said = judge(claimed([[1, 10]], [11, 12]), { host: 'pg1', found: primary }, [], 0)
    expect(said).toMatchObject({ lost: 0, unknownFound: 1 })
  })

  test('a run that the primary knows nothing of is lost as a whole', () => {
    const nothing: Holdings = { ...has([]), rows: new Map(), held: new Map() }
    expect(judge(claimed([[1, 500]]), { host: 'pg1', found: nothing }, [], 0)).toMatchObject({ lost: 500 })
  })
})

describe('rows that may go', () => {
  const settled = (found: Asked[], primary: Holdings, kept = 0) => settledBy(claimed([[1, 100]]), primary, found, kept)

  test('those that every host has; the newest stay', () => {
    const all = has([[1, 100]])
    const behind = has([[1, 80]], { recovery: true })
    expect(settled([on('pg1', all), on('pg2', behind)], all)).toEqual([{ run, range: [1, 80] }])
    expect(settled([on('pg1', all), on('pg2', behind)], all, 30)).toEqual([{ run, range: [1, 50] }])
  })

  test('none while a host does not answer: it may be the one that lacks them', () => {
    const all = has([[1, 100]])
    expect(settled([on('pg1', all), away('pg2')], all)).toEqual([])
  })

  test('what is settled already is not settled again, and counts as there', () => {
    const marked = has([[51, 100]], { marks: [[1, 50]] })
    expect(settled([on('pg1', marked)], marked)).toEqual([{ run, range: [51, 100] }])
    expect(judge(claimed([[1, 100]]), { host: 'pg1', found: marked }, [], 0).lost).toBe(0)
  })

  test('older runs go first', () => {
    const two: Claimed[] = [
      { run: 1, acked: [[1, 10]], unknown: [] },
      { run: 2, acked: [[1, 10]], unknown: [] },
    ]
    const rows = new Map<number, Range[]>([
      [1, [[1, 10]]],
      [2, [[1, 10]]],
    ])
    const found: Holdings = { recovery: false, timeline: 1, address: null, rows, held: rows }
    expect(settledBy(two, found, [on('pg1', found)], 15)).toEqual([{ run: 1, range: [1, 5] }])
  })
})
