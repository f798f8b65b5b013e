import { describe, expect, test } from 'vitest'
import { leaseAt, runsOf, teethBetween } from '../../../../src-renderer/timeline/lease-teeth.js'
import { tracksOf, type LeaseSample } from '../../../../src-renderer/timeline/tracks.js'
import { at, crashAt, expiredAt, failoverRecords, takenAt } from '../../../support/recorded-failover.js'

const sample = (
  t: number,
  leftMs: number | null,
  holder: string | null = leftMs === null ? null : 'pg1',
): LeaseSample => ({
  t,
  k: 'lease',
  holder,
  leftMs,
  ttlS: 20,
})
const lease = tracksOf(failoverRecords(760)).lease

describe('the saw of the lease', () => {
  test('has a tooth per renewal, every two seconds', () => {
    const teeth = teethBetween(lease, at(700), at(720), 2)
    expect(teeth).toHaveLength(11) // nine whole ones, and one at each end that reaches out of the window
    expect(teeth.every(({ dying, holder }) => !dying && holder === 'pg1')).toBe(true)
    for (const tooth of teeth.slice(1)) expect(tooth.fromLeftMs).toBeCloseTo(20_000, -3)
  })

  test('is dying from the last renewal on, once its holder is gone', () => {
    const dying = teethBetween(lease, at(700), at(760), 2).filter((tooth) => tooth.dying)
    expect(dying).toHaveLength(1)
    const [tooth] = dying
    expect(Math.abs(tooth!.from - at(crashAt))).toBeLessThan(600)
    expect(Math.abs(tooth!.to - at(expiredAt))).toBeLessThan(600)
    expect(tooth!.end).toBe('gone')
    expect(tooth!.toLeftMs).toBeLessThan(600)
  })

  test('stands upright where another host takes the key', () => {
    const taken = teethBetween(lease, at(700), at(760), 2).filter((tooth) => tooth.taken)
    expect(taken.map(({ holder }) => holder)).toEqual(['pg2'])
    expect(Math.abs(taken[0]!.from - at(takenAt))).toBeLessThan(600)
    expect(taken[0]!.fromLeftMs).toBeGreaterThan(19_000)
  })

  test('is no renewal when etcd’s whole seconds make an estimate jump', () => {
    const jittered = [sample(0, 20_000), sample(500, 19_900), sample(1_000, 18_700), sample(1_500, 18_900)]
    expect(teethBetween(jittered, 0, 1_600, 2)).toHaveLength(1)
  })

  test('ends where knowledge ends, and goes on after a gap without a line between', () => {
    const teeth = teethBetween([sample(0, 20_000), sample(1_000, 19_000), sample(60_000, 20_000)], 0, 61_000, 2)
    expect(teeth.map(({ from, to }) => [from, to])).toEqual([
      [0, 1_000],
      [60_000, 61_000],
    ])
  })

  test('does not call old, thinned samples dying', () => {
    const thinned = Array.from({ length: 10 }, (_, n) => sample(n * 5_000, 19_000 + (n % 2) * 500))
    expect(teethBetween(thinned, 0, 45_000, 2).some((tooth) => tooth.dying && tooth.to < 45_000)).toBe(false)
  })

  test('is dying as soon as the renewal is late, while it still runs', () => {
    const late = Array.from({ length: 11 }, (_, n) => sample(n * 500, 20_000 - n * 500))
    expect(teethBetween(late.slice(0, 6), 0, 2_500, 2).at(-1)!.dying).toBe(false)
    expect(teethBetween(late, 0, 5_000, 2).at(-1)!.dying).toBe(true)
  })

  test('makes one run per holder for the words', () => {
    const runs = runsOf(teethBetween(lease, at(700), at(760), 2))
    expect(runs.map(({ holder }) => holder)).toEqual(['pg1', 'pg2'])
  })

  test('is read at a moment: what is left, of whom, and nobody’s between two holders', () => {
    const gone = leaseAt(lease, at(739.8), 2)
    expect(gone).toMatchObject({ holder: 'pg1', ttlS: 20 })
    expect(gone!.leftMs! / 1000).toBeCloseTo(20 - (739.8 - crashAt), 0)
    expect(leaseAt(lease, at(747.55), 2)).toMatchObject({ holder: null, leftMs: null })
    expect(leaseAt(lease, at(-500), 2)).toBeNull()
  })
})
