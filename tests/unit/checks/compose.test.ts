import { describe, expect, test } from 'vitest'
import { allOf, anyOf, negated } from '../../../src-main/checks/compose.js'
import { hasUpperLimit, normalise, satisfies, wordsOf } from '../../../src-main/checks/operators.js'
import type { Verdict, VerdictWord } from '../../../src-main/contract/check.js'
import { fakeWorld } from '../exercises/fake-world.js'
import { ask } from './ask.js'

const of = (verdict: VerdictWord, name: string = verdict): Verdict => ({
  verdict,
  expected: `expected ${name}`,
  observed: `observed ${name}`,
  why: `Why ${name}`,
  evidence: [{ source: name, value: 1 }],
})
const words: VerdictWord[] = ['pass', 'fail', 'waiting', 'error']

describe('composition', () => {
  test('all: the worst decides, in the order fail, error, waiting, pass', () => {
    expect(allOf([of('pass'), of('waiting')]).verdict).toBe('waiting')
    expect(allOf([of('waiting'), of('error')]).verdict).toBe('error')
    expect(allOf([of('error'), of('fail')]).verdict).toBe('fail')
    for (const word of words) expect(allOf([of(word)]).verdict).toBe(word)
  })

  test('all: shows what the worst ones saw, and keeps all the evidence', () => {
    const verdict = allOf([of('pass', 'a'), of('fail', 'b')])
    expect(verdict).toMatchObject({ expected: 'expected a; expected b', observed: 'observed b', why: 'Why b' })
    expect(verdict.evidence).toHaveLength(2)
  })

  test('reasons stay sentences when several are told', () => {
    expect(allOf([of('fail', 'a'), of('fail', 'b?'), of('fail', 'c')]).why).toBe('Why a. Why b? Why c')
  })

  test('any: one pass is enough, and what could not be asked is no failure', () => {
    expect(anyOf([of('fail'), of('pass')]).verdict).toBe('pass')
    expect(anyOf([of('fail'), of('error')]).verdict).toBe('error')
    expect(anyOf([of('error'), of('waiting')]).verdict).toBe('waiting')
    expect(anyOf([of('fail', 'a'), of('fail', 'b')])).toMatchObject({
      verdict: 'fail',
      expected: 'expected a, or expected b',
      observed: 'observed a; observed b',
    })
  })

  test('not: turns pass and fail around, and leaves what is not known', () => {
    expect(words.map((word) => negated(of(word)).verdict)).toEqual(['fail', 'pass', 'waiting', 'error'])
  })

  test('a throw inside is an error, and so is a check that nobody asked', async () => {
    expect(await ask(fakeWorld(), { history: { nonsense: true } })).toMatchObject({ verdict: 'error' })
    expect(await ask(fakeWorld(), { passes: 'unknown' })).toMatchObject({ verdict: 'error' })
    expect(await ask(fakeWorld(), {})).toMatchObject({ verdict: 'error' })
  })

  test('what a check builds on is named by its title until it has passed, and then left out', async () => {
    const both = { all: [{ passes: 'a' }, { cluster: { leader: 'pg1' } }] }
    const of = (passedAt: number | null) =>
      new Map([['a', { title: 'Cut off', verdict: passedAt ? ('pass' as const) : ('fail' as const), passedAt }]])
    expect(await ask(fakeWorld(), both, { results: of(null) })).toMatchObject({
      verdict: 'fail',
      expected: 'Cut off: pass; leader pg1',
      observed: 'Cut off: fail',
    })
    expect(await ask(fakeWorld(), both, { results: of(5) })).toMatchObject({ verdict: 'pass', expected: 'leader pg1' })
  })

  test('passes and fails look at other checks: once passed stays passed, fails means now', async () => {
    const results = new Map([['a', { verdict: 'fail' as const, passedAt: 5 }]])
    expect(await ask(fakeWorld(), { passes: 'a' }, { results })).toMatchObject({ verdict: 'pass' })
    expect(await ask(fakeWorld(), { fails: 'a' }, { results })).toMatchObject({ verdict: 'pass' })
    const waiting = new Map([['a', { verdict: 'waiting' as const, passedAt: null }]])
    expect(await ask(fakeWorld(), { fails: 'a' }, { results: waiting })).toMatchObject({ verdict: 'fail' })
  })
})

describe('operators', () => {
  test('numbers are numbers, and nothing else is', () => {
    expect([normalise(' 2,0 '), normalise('02'), normalise('20 s'), normalise(' A  B ')]).toEqual([2, 2, '20 s', 'a b'])
    expect(satisfies('14', 4)).toBe(false)
    expect(satisfies('soon', { atLeast: 0 })).toBe(false)
    expect(satisfies(5, { atLeast: 1, atMost: 4 })).toBe(false)
    expect(satisfies('pg2', { oneOf: ['pg1', 'PG2'] })).toBe(true)
    expect(satisfies(null, { isNot: 'x' })).toBe(true)
  })

  test('in words', () => {
    expect(wordsOf({ atLeast: 1, lessThan: 5 }, 's')).toBe('at least 1 s and less than 5 s')
    expect(wordsOf('pg1')).toBe('pg1')
  })

  test('an upper limit is what doing nothing satisfies', () => {
    expect([hasUpperLimit(0), hasUpperLimit({ atMost: 3 }), hasUpperLimit({ atLeast: 3 })]).toEqual([true, true, false])
  })
})
