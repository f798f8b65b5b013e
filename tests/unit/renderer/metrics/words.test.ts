import { expect, test } from 'vitest'
import { beginOf, figureText, spanOf, toneOf, topOf } from '../../../../src-renderer/metrics/metric-words.js'
import { labInfo } from '../../../support/recorded-failover.js'

test('figures have their unit, and as many digits as they are good for', () => {
  expect([figureText('count', 12.4), figureText('perSecond', 3.42), figureText('perSecond', 44.2)]).toEqual([
    '12',
    '3.4/s',
    '44/s',
  ])
  expect([figureText('seconds', 0.0042), figureText('seconds', 0.042), figureText('seconds', 2)]).toEqual([
    '4.2 ms',
    '42 ms',
    '2.0 s',
  ])
  expect([figureText('bytesPerSecond', 2048), figureText('bytes', null)]).toEqual(['2 kB/s', 'not known'])
})

test('a scale ends on a round figure of its unit, and does not shrink to noise', () => {
  const top = (unit: 'count' | 'bytes' | 'seconds', ...values: (number | null)[]) =>
    topOf({ unit, lines: [{ host: 'pg1', values }] })
  expect([top('count', 3, null), top('count', 23), top('count', 50)]).toEqual([10, 50, 50])
  expect([top('bytes', 0), top('bytes', 3_000_000)]).toEqual([100 * 1024, 5 * 1024 ** 2])
  expect(top('seconds', 0.03)).toBeCloseTo(0.05)
})

test('colour says the role that a host has now, or that it votes', () => {
  const roles = new Map([
    ['pg1', 'leader' as const],
    ['pg2', 'sync' as const],
  ])
  const tones = ['pg1', 'pg2', 'witness', 'proxy'].map((host) => toneOf(host, labInfo(), roles))
  expect(tones).toEqual(['leader', 'sync', 'etcd', 'ink'])
})

test('charts begin with the first figure that there is, and show two minutes at the least', () => {
  const times = Array.from({ length: 21 }, (_, n) => n * 30_000)
  const known = (from: number) => [
    {
      chart: 'lag' as const,
      title: '',
      about: '',
      unit: 'bytes' as const,
      lines: [{ host: 'pg1', values: times.map((_, n) => (n < from ? null : 1)) }],
    },
  ]
  expect([0, 10, 20, 99].map((from) => beginOf({ times, charts: known(from) }))).toEqual([0, 300_000, 480_000, 480_000])
})

test('what is not known counts for nothing', () => {
  expect(spanOf({ host: 'pg1', values: [null, 4, 2, null] })).toEqual({ now: null, least: 2, most: 4 })
  expect(spanOf({ host: 'pg1', values: [null] })).toEqual({ now: null, least: null, most: null })
})
