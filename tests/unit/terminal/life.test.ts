import { expect, test } from 'vitest'
import { after, life } from '../../../src-main/terminal/life.js'

test('every state can be left, and every state can be reached', () => {
  const states = Object.keys(life)
  const reached = new Set(Object.values(life).flatMap((row) => Object.values(row)))
  expect([...reached].toSorted()).toEqual(states.toSorted())
  for (const [state, row] of Object.entries(life)) {
    const others = Object.values(row).filter((next) => next !== state)
    expect({ state, others }).not.toEqual({ state, others: [] })
  }
})

test('a frozen host keeps its shell, a host that was gone has lost it', () => {
  expect(after('host-frozen', 'host-thawed')).toBe('open')
  expect(after('host-down', 'host-back')).toBe('connecting')
  expect(after('host-down', 'host-thawed')).toBe('host-down')
})

test('events that do not concern a state change nothing', () => {
  expect(after('open', 'restart')).toBe('open')
  expect(after('closed', 'host-frozen')).toBe('closed')
})
