import { describe, expect, test } from 'vitest'
import { median, percentile } from '../../../bench/report/numbers.js'
import { inWords, missed, tableOf, type Row } from '../../../bench/report/table.js'

describe('numbers', () => {
  test('the median is the middle one, or lies between the middle two, in whatever order they came', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([10, 9, 1, 2])).toBe(5.5)
    expect(median([4])).toBe(4)
  })

  test('a percentile is one that was measured, and the worst of a few', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i)
    expect(percentile(hundred, 95)).toBe(95)
    expect(percentile([30, 10, 20], 95)).toBe(30)
    expect(
      percentile(
        Array.from({ length: 20 }, (_, i) => i + 1),
        95,
      ),
    ).toBe(19)
    expect(percentile([7], 1)).toBe(7)
  })

  test('nothing measured is no figure', () => {
    expect(() => median([])).toThrow('nothing was measured')
    expect(() => percentile([], 95)).toThrow('nothing was measured')
  })

  test('what was measured is left as it was', () => {
    const numbers = [3, 1, 2]
    median(numbers)
    percentile(numbers, 50)
    expect(numbers).toEqual([3, 1, 2])
  })
})

describe('the table', () => {
  const good: Row = {
    what: 'boot',
    ours: '7.5 s',
    against: 'compose 30.0 s',
    value: '0.25',
    target: '0.25',
    met: true,
    n: 3,
  }
  const bad: Row = { what: 'idle CPU', ours: '7 %', target: 'under 5 %', met: false, n: 1 }
  const plain: Row = { what: 'initdb', ours: '1.7 s', met: null, n: 0 }

  test('has one column for each thing, and says met, MISSED or nothing', () => {
    expect(tableOf([good, bad, plain])).toBe(
      [
        '| what     |  ours | against        | value | target    |        |   n |',
        '|----------|------:|----------------|------:|-----------|--------|----:|',
        '| boot     | 7.5 s | compose 30.0 s |  0.25 | 0.25      | met    |   3 |',
        '| idle CPU |   7 % |                |       | under 5 % | MISSED |   1 |',
        '| initdb   | 1.7 s |                |       |           |        |     |',
      ].join('\n'),
    )
  })

  test('counts targets, not rows', () => {
    expect(missed([good, bad, plain])).toEqual([bad])
    expect(inWords([good, plain])).toBe('1 of 1 targets met')
    expect(inWords([good, bad, plain])).toBe('1 of 2 targets met, 1 missed')
    expect(inWords([plain])).toBe('no target was judged')
  })
})
