import { expect, test } from 'vitest'
import { labStates } from '../../../src-main/contract/lab.js'
import { labChanges, stateAfter, transitions } from '../../../src-main/lab/states.js'

test('every state can be reached, and left for good', () => {
  for (const state of labStates) {
    expect(
      transitions.some(({ to }) => to === state),
      `${state} is reached`,
    ).toBe(true)
    let at: string = state
    for (let steps = 0; at !== 'absent' && steps < 5; steps++) {
      at = transitions.find(
        ({ from, change }) =>
          from === at && (change === 'down' || change === 'gone') && change !== (at === 'removing' ? 'down' : 'gone'),
      )!.to
    }
    expect(at).toBe('absent')
  }
})

test('no two rows answer the same question', () => {
  const asked = transitions.map(({ from, change }) => `${from} ${change}`)
  expect(new Set(asked).size).toBe(asked.length)
})

test('every change is used', () => {
  for (const change of labChanges)
    expect(
      transitions.some((row) => row.change === change),
      change,
    ).toBe(true)
})

test('a change that the table does not list is a bug', () => {
  expect(stateAfter('booting', 'answered')).toBe('healthy')
  expect(() => stateAfter('removing', 'answered')).toThrow('removing')
})
