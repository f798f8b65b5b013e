import { describe, expect, test } from 'vitest'
import { lanesOf } from '../../../../src-renderer/timeline/lanes.js'
import { gridOf, timeAt, timeScale, xOf } from '../../../../src-renderer/timeline/scale.js'
import { panned, showing, windowScale, zoomed, type WindowChoice } from '../../../../src-renderer/timeline/window.js'
import { momentText } from '../../../../src-renderer/timeline/words.js'

const live = { first: 0, now: 751_000, recorded: false }
const forty: WindowChoice = { span: 40_000, end: null }

describe('the window', () => {
  test('of 40 s at 1440 px has 30 px per second, with now 112 px from the right', () => {
    const scale = windowScale(forty, live, 128, 1440)
    expect(scale.pps).toBeCloseTo(30)
    expect(xOf(scale, 751_000)).toBeCloseTo(1328)
  })

  test('of a recording leaves no room for a future', () => {
    const scale = windowScale({ span: 'all', end: null }, { ...live, recorded: true }, 128, 1440)
    expect([xOf(scale, 0), xOf(scale, 751_000)].map(Math.round)).toEqual([128, 1440])
  })

  test('zooms around the moment under the pointer', () => {
    const choice: WindowChoice = { span: 40_000, end: 700_000 }
    const scale = windowScale(choice, live, 128, 1440)
    const t = timeAt(scale, 500)
    const nearer = windowScale(zoomed(choice, scale, live, 0.5, t), live, 128, 1440)
    expect(nearer.pps).toBeCloseTo(scale.pps * 2)
    expect(xOf(nearer, t)).toBeCloseTo(500)
  })

  test('goes on following now when it is zoomed', () => {
    const scale = windowScale(forty, live, 128, 1440)
    expect(zoomed(forty, scale, live, 2, 740_000).end).toBeNull()
  })

  test('does not leave what is known', () => {
    const scale = windowScale(forty, live, 128, 1440)
    const back = windowScale(panned(forty, scale, live, -10_000_000), live, 128, 1440)
    const ahead = windowScale(panned(forty, scale, live, 10_000_000), live, 128, 1440)
    expect(back.to).toBeGreaterThan(live.first)
    expect(ahead.from).toBeLessThan(live.now)
  })

  test('moves no farther than needed to show a moment', () => {
    const scale = windowScale(forty, live, 128, 1440)
    expect(showing(forty, scale, 740_000).end).toBe(scale.to)
    const moved = windowScale(showing(forty, scale, 600_000), live, 128, 1440)
    expect(xOf(moved, 600_000)).toBeGreaterThan(128)
    expect(xOf(moved, 600_000)).toBeLessThan(300)
  })
})

describe('the grid', () => {
  test('has a line every 5 s at 40 s, and labels are never closer than 100 px', () => {
    expect(gridOf(timeScale(0, 43_733, 128, 1312), 0).step).toBe(5)
    for (const span of [2, 10, 40, 300, 1_000, 3_600, 36_000]) {
      const scale = timeScale(0, span * 1000, 128, 1312)
      const { major } = gridOf(scale, 0)
      for (const [index, t] of major.slice(1).entries()) {
        expect(xOf(scale, t) - xOf(scale, major[index]!)).toBeGreaterThanOrEqual(99.9)
      }
    }
  })

  test('counts from the attempt’s begin, also before it', () => {
    const { major } = gridOf(timeScale(3_000, 23_000, 128, 1312), 4_200)
    expect(major.every((t) => Math.abs((t - 4_200) % 2_000) < 1)).toBe(true)
    expect(momentText(-3_200)).toBe('-00:03.2')
    expect(momentText(-400, 0)).toBe('00:00')
    expect(momentText(727_000)).toBe('12:07.0')
    expect(momentText(3_727_040)).toBe('1:02:07.0')
  })
})

describe('the lanes', () => {
  test('have the drawn geometry at the drawn height', () => {
    const { hosts, lease, etcd, client, marks, axisY } = lanesOf(2, 220)
    expect(hosts).toEqual([
      { y: 4, height: 24 },
      { y: 32, height: 24 },
    ])
    expect([lease, etcd, client]).toEqual([
      { y: 60, height: 36 },
      { y: 98, height: 20 },
      { y: 122, height: 40 },
    ])
    expect([marks.y, axisY]).toEqual([164, 200])
  })

  test('fill what they are given, keep every lane, and never overlap', () => {
    const wrong: string[] = []
    for (const hosts of [1, 2, 3, 5]) {
      const least = lanesOf(hosts, 0).height
      for (let height = 60; height < 900; height += 7) {
        const lanes = lanesOf(hosts, height)
        const stack = [...lanes.hosts, lanes.lease!, lanes.etcd!, lanes.client, lanes.marks]
        const overlaps = stack.slice(1).some((lane, index) => lane.y < stack[index]!.y + stack[index]!.height)
        if (overlaps || lanes.hosts.length !== hosts || lanes.height !== Math.max(height, least)) {
          wrong.push(`${hosts} hosts in ${height} px`)
        }
      }
    }
    expect(wrong).toEqual([])
  })
})
