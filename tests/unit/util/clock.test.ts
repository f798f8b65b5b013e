import { expect, test } from 'vitest'
import { createClock, type ClockJump } from '../../../src-main/util/clock.js'

/** A machine whose two clocks are values. */
function machine() {
  const at = { wall: 1_000_000, steady: 0 }
  const clock = createClock(
    () => at.wall,
    () => at.steady,
  )
  const jumps: ClockJump[] = []
  clock.onJump((jump) => jumps.push(jump))
  const pass = (ms: number, adjusted = 0): void => {
    at.wall += ms + adjusted
    at.steady += ms
  }
  return { at, clock, jumps, pass }
}

test('time passes as the machine says, and no adjustment is a jump', () => {
  const { clock, jumps, pass } = machine()
  pass(1_000)
  expect(clock.now()).toBe(1_001_000)
  pass(600_000, 300) // ten minutes, made half a part in a thousand longer
  expect(clock.now()).toBe(1_601_300)
  expect(jumps).toEqual([])
})

test('set forward, the clock goes along, and says by how much', () => {
  const { clock, jumps, pass } = machine()
  pass(100, 3_600_000)
  expect(clock.now()).toBe(4_600_100)
  expect(jumps).toEqual([{ byMs: 3_600_000, axisMs: 3_600_000 }])
})

test('set back, it goes on without a jump of its own, and never backwards', () => {
  const { clock, jumps, pass } = machine()
  pass(1_000)
  const before = clock.now()
  pass(50, -3_600_000)
  expect(clock.now()).toBe(before + 50)
  expect(jumps).toEqual([{ byMs: -3_600_000, axisMs: 0 }])
  expect(clock.aheadMs()).toBe(3_600_000)
  pass(200)
  expect(clock.now()).toBe(before + 250)
  // set right again: what it was ahead is used up first
  pass(10, 3_600_500)
  expect(clock.now()).toBe(before + 260 + 500)
  expect(jumps.at(-1)).toEqual({ byMs: 3_600_500, axisMs: 500 })
  expect(clock.aheadMs()).toBe(0)
})

test('a small step back lets time stand still until it is caught up with', () => {
  const { clock, jumps, pass } = machine()
  pass(1_000)
  const before = clock.now()
  pass(10, -100)
  expect(clock.now()).toBe(before)
  pass(200)
  expect(clock.now()).toBe(before + 110)
  expect(jumps).toEqual([])
})

test('listeners are told before anybody sees the new time', () => {
  const { clock, pass } = machine()
  const order: string[] = []
  clock.onJump(() => order.push('told'))
  pass(10, 60_000)
  clock.now()
  order.push('seen')
  expect(order).toEqual(['told', 'seen'])
})
