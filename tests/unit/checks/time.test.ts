import { describe, expect, test } from 'vitest'
import { applyTime, msOf, type TimeMemory } from '../../../src-main/checks/time.js'
import type { Verdict, VerdictWord } from '../../../src-main/contract/check.js'
import { fakeWorld } from '../exercises/fake-world.js'
import { contextOf } from './ask.js'

const of = (verdict: VerdictWord): Verdict => ({ verdict, expected: 'e', observed: 'o', why: 'Because', evidence: [] })
const none: TimeMemory = { heldSince: null }
const begin = fakeWorld().now
const at = (seconds: number, passedAt: number | null = null) =>
  contextOf(fakeWorld(), {
    now: begin + seconds * 1000,
    since: begin,
    results: new Map(passedAt === null ? [] : [['a', { verdict: 'pass' as const, passedAt: begin + passedAt * 1000 }]]),
  })

test('durations', () => {
  expect([msOf('500ms'), msOf('5s'), msOf('2m'), msOf('1.5s')]).toEqual([500, 5000, 120_000, 1500])
})

describe('eventually', () => {
  const rule = { eventually: { within: '10s' } }

  test('waits until the deadline, then fails and says by how much', () => {
    const early = applyTime(rule, of('fail'), none, at(4))
    expect(early.verdict.verdict).toBe('waiting')
    expect(early.within).toEqual({ ms: 10_000, since: begin })
    const late = applyTime(rule, of('fail'), none, at(12))
    expect(late.verdict).toMatchObject({ verdict: 'fail', why: 'Because. The deadline of 10.0 s passed 2.0 s ago' })
  })

  test('passes in time, and not after its deadline', () => {
    expect(applyTime(rule, of('pass'), none, at(9)).verdict.verdict).toBe('pass')
    expect(applyTime(rule, of('pass'), none, at(11)).verdict).toMatchObject({
      verdict: 'fail',
      why: 'It holds now, but came after its deadline of 10.0 s. Reset the step to try again',
    })
  })

  test('counts from another check when told so, and fails before that one passed', () => {
    const after = { eventually: { within: '10s', after: 'a' } }
    expect(applyTime(after, of('pass'), none, at(1)).verdict).toMatchObject({
      verdict: 'fail',
      why: 'Settled after a has passed',
    })
    expect(applyTime(after, of('fail'), none, at(100, 95)).verdict.verdict).toBe('waiting')
    expect(applyTime(after, of('pass'), none, at(100, 95)).verdict.verdict).toBe('pass')
    expect(applyTime(after, of('fail'), none, at(106, 95)).verdict.verdict).toBe('fail')
  })

  test('while nobody watched, no deadline ran', () => {
    const resumed = { ...at(100), resumedAt: begin + 95_000 }
    expect(applyTime(rule, of('fail'), none, resumed).verdict.verdict).toBe('waiting')
    expect(applyTime(rule, of('pass'), none, resumed).verdict.verdict).toBe('pass')
  })

  test('what could not be asked stays an error', () => {
    expect(applyTime(rule, of('error'), none, at(4)).verdict.verdict).toBe('error')
  })
})

describe('holds', () => {
  const rule = { holds: { for: '3s', within: '10s' } }

  test('passes after the time, and starts over when it breaks', () => {
    const first = applyTime(rule, of('pass'), none, at(1))
    expect(first.verdict).toMatchObject({ verdict: 'waiting', why: 'It holds since 0.0 s, of 3.0 s that it must' })
    const broken = applyTime(rule, of('fail'), first.memory, at(2))
    expect(broken.memory.heldSince).toBeNull()
    const again = applyTime(rule, of('pass'), broken.memory, at(3))
    expect(applyTime(rule, of('pass'), again.memory, at(5)).verdict.verdict).toBe('waiting')
    expect(applyTime(rule, of('pass'), again.memory, at(6)).verdict.verdict).toBe('pass')
  })

  test('one silent answer neither breaks it nor counts', () => {
    const first = applyTime(rule, of('pass'), none, at(1))
    const silent = applyTime(rule, of('error'), first.memory, at(2))
    expect(silent.verdict.verdict).toBe('error')
    expect(applyTime(rule, of('pass'), silent.memory, at(4)).verdict.verdict).toBe('pass')
  })

  test('what began to hold in time is in time', () => {
    const first = applyTime(rule, of('pass'), none, at(9))
    expect(applyTime(rule, of('pass'), first.memory, at(12)).verdict.verdict).toBe('pass')
    expect(applyTime(rule, of('pass'), none, at(11)).verdict.verdict).toBe('fail')
  })
})
