import { describe, expect, test } from 'vitest'
import { chartsOf, type Chart } from '../../../../src-renderer/timeline/chart-data.js'
import { availability, chartRows, chartValuesAt, figure } from '../../../../src-renderer/timeline/chart-facts.js'
import { chartLanesOf } from '../../../../src-renderer/timeline/lanes.js'
import { timeScale } from '../../../../src-renderer/timeline/scale.js'
import { tracksOf } from '../../../../src-renderer/timeline/tracks.js'
import { at, failoverRecords } from '../../../support/recorded-failover.js'
import { partitionRecords } from '../../../support/recorded-partition.js'

const tracks = tracksOf(partitionRecords(372))
const hosts = ['pg1', 'pg2']
const chartsIn = (from: number, to: number, from2 = tracks) =>
  chartsOf({ tracks: from2, hosts, scale: timeScale(at(from), at(to), 128, 1200), now: at(to) })
const named = (charts: Chart[], name: Chart['name']) => charts.find((chart) => chart.name === name)!
const valueAt = (chart: Chart, s: number, line = 0) =>
  chart.lines[line]!.values[chart.times.findLastIndex((t) => t <= at(s))]

describe('charts of a partition', () => {
  const charts = chartsIn(285, 335)

  test('writes fall to nothing in the outage, and the scale does not jump for it', () => {
    const writes = named(charts, 'writes')
    expect(valueAt(writes, 290)).toBeGreaterThan(30)
    expect(valueAt(writes, 310)).toBe(0)
    expect(writes.top).toBe(50)
  })

  test('latency is absent while nothing is acknowledged, and its peak is kept', () => {
    const latency = named(charts, 'latency')
    expect(valueAt(latency, 310)).toBeNull()
    expect(Math.max(...latency.lines[0]!.values.map((value) => value ?? 0))).toBeGreaterThan(900)
    expect(latency.top).toBe(1_000)
  })

  test('a host’s line changes its colour with its role, and meets itself there', () => {
    const lines = named(charts, 'wal').lines.filter(({ host }) => host === 'pg1')
    expect(lines.map(({ tone }) => tone)).toEqual(['leader', 'ink'])
    const both = lines[0]!.values.filter((value, index) => value !== null && lines[1]!.values[index] !== null)
    expect(both).toHaveLength(1)
  })

  test('a rewound position is no rate', () => {
    const gauges = tracksOf([
      { t: 1_000, k: 'gauge', hosts: { pg1: { walBytes: 5_000, lagBytes: null, lagMs: null } } },
      { t: 2_000, k: 'gauge', hosts: { pg1: { walBytes: 3_000, lagBytes: null, lagMs: null } } },
      { t: 3_000, k: 'gauge', hosts: { pg1: { walBytes: 4_000, lagBytes: null, lagMs: null } } },
    ])
    const wal = named(chartsOf({ tracks: gauges, hosts, scale: timeScale(0, 4_000, 0, 800), now: 4_000 }), 'wal')
    expect(wal.lines[0]!.values).toEqual([null, null, 1_000])
  })

  test('scales of bytes end at a number that is round as it is written', () => {
    const tops = [3_000, 40_000, 900_000, 3_000_000].map((lagBytes) => {
      const sample = { t: 1_000, k: 'gauge' as const, hosts: { pg2: { walBytes: 0, lagBytes, lagMs: null } } }
      const lag = named(
        chartsOf({ tracks: tracksOf([sample]), hosts, scale: timeScale(0, 2_000, 0, 800), now: 2_000 }),
        'lag',
      )
      return figure('lag', lag.top)
    })
    expect(tops).toEqual(['20 kB', '50 kB', '1000 kB', '5.0 MB'])
  })

  test('a time that nobody recorded is a gap, not a line across it', () => {
    const sample = (t: number) => ({
      t,
      k: 'gauge' as const,
      hosts: { pg2: { walBytes: t, lagBytes: 7, lagMs: null } },
    })
    const gauges = tracksOf([sample(1_000), sample(2_000), sample(9_000)])
    const lag = named(chartsOf({ tracks: gauges, hosts, scale: timeScale(0, 10_000, 0, 800), now: 10_000 }), 'lag')
    expect(lag.lines[0]!.values).toEqual([7, 7, null, 7])
  })

  test('an hour is not more points than pixels', () => {
    const far = chartsOf({ tracks, hosts, scale: timeScale(at(0), at(3600), 128, 600), now: at(372) })
    for (const { times } of far) expect(times.length).toBeLessThanOrEqual(310)
  })
})

test('figures of one moment and of the window say what the charts draw', () => {
  const known = { tracks, hosts, outages: [], renewEveryS: 2 }
  expect(chartValuesAt(known, at(310))).toMatchObject({ writes: 0, latency: null })
  expect(figure('wal', chartValuesAt(known, at(290)).wal)).toMatch(/^1[0-9] kB\/s$/)
  const [writes] = chartRows(chartsIn(285, 335))
  expect(writes).toMatchObject({ name: 'writes', least: 0 })
  expect(availability(known, at(280), at(320.2))).toBeCloseTo(0.497, 2)
})

test('records of an older version have no gauges: the charts are empty, not wrong', () => {
  const charts = chartsIn(700, 740, tracksOf(failoverRecords(740)))
  expect(named(charts, 'lag').lines).toEqual([])
  expect(named(charts, 'latency').lines[0]!.values.every((value) => value === null)).toBe(true)
  expect(figure('lag', null)).toBe('unknown')
})

test('lanes of charts are alike in height, under the hosts and above the marks', () => {
  for (const count of [1, 2, 3, 5]) {
    for (const height of [120, 183, 223, 420]) {
      const lanes = chartLanesOf(count, 4, height)
      const stack = [...lanes.hosts, ...lanes.charts, lanes.marks]
      expect(stack.slice(1).every((lane, index) => lane.y >= stack[index]!.y + stack[index]!.height)).toBe(true)
      expect(new Set(lanes.charts.map((lane) => lane.height)).size).toBe(1)
      expect(lanes.height).toBeGreaterThanOrEqual(lanes.marks.y + lanes.marks.height)
    }
  }
})
