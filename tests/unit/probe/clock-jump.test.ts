import { expect, test } from 'vitest'
import { trackOutages } from '../../../src-main/probe/outages.js'
import { countTicks } from '../../../src-main/probe/ticks.js'

const hour = 3_600_000

test('an hour that the clock was set forward by is no outage, also for a write that was under way', () => {
  const tracker = trackOutages(0)
  tracker.acknowledged(90, 100)
  tracker.shift(hour)
  expect(tracker.acknowledged(110, hour + 120)).toEqual([])
  expect(tracker.outages(hour + 200)).toEqual([])
})

test('an outage that lasts while the clock is set is as long as it was', () => {
  const tracker = trackOutages(0)
  tracker.acknowledged(90, 100)
  tracker.missed('failed', 200, 200)
  tracker.tick(1_300)
  tracker.shift(hour)
  expect(tracker.acknowledged(hour + 2_080, hour + 2_100)).toMatchObject([{ what: 'ended', outage: { seconds: 2 } }])
})

test('no empty ticks for a time that never passed', () => {
  const ticks = countTicks(1_000)
  ticks.count('acked', 1_050)
  ticks.take(1_100)
  ticks.shift(hour)
  ticks.count('acked', hour + 1_150)
  expect(ticks.take(hour + 1_200)).toMatchObject([{ t: hour + 1_100, acked: [1] }])
})
