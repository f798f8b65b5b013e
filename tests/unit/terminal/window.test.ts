import { expect, test } from 'vitest'
import { createWindow } from '../../../src-main/terminal/window.js'

const made = () => {
  const changes: boolean[] = []
  return { changes, window: createWindow({ limitBytes: 100, onChange: (full) => changes.push(full) }) }
}

test('while nobody watches the source runs free', () => {
  const { window, changes } = made()
  window.produced(1_000_000)
  expect(changes).toEqual([])
})

test('it fills at the limit and opens at half', () => {
  const { window, changes } = made()
  window.attach('a', 0)
  window.produced(99)
  expect(window.full).toBe(false)
  window.produced(100)
  expect(window.full).toBe(true)
  window.acknowledged(49, 'a')
  expect(window.full).toBe(true)
  window.acknowledged(50, 'a')
  expect(changes).toEqual([true, false])
})

test('the slowest watcher sets the pace, and none once it has gone', () => {
  const { window } = made()
  window.attach('fast', 0)
  const leave = window.attach('slow', 0)
  window.produced(150)
  window.acknowledged(150, 'fast')
  expect(window.full).toBe(true)
  leave()
  expect(window.full).toBe(false)
})

test('acknowledgements never go back, and never beyond what there is', () => {
  const { window } = made()
  window.attach('a', 0)
  window.produced(150)
  window.acknowledged(9_999, 'a')
  expect(window.full).toBe(false)
  window.produced(249)
  expect(window.full).toBe(false)
  window.acknowledged(10, 'a')
  window.produced(250)
  expect(window.full).toBe(true)
})

test('an acknowledgement without a name speaks for all, one of a stranger for nobody', () => {
  const { window } = made()
  window.attach('a', 0)
  window.attach('b', 0)
  window.produced(150)
  window.acknowledged(150, 'stranger')
  expect(window.full).toBe(true)
  window.acknowledged(150)
  expect(window.full).toBe(false)
})

test('one who comes late to a long history is waited for', () => {
  const { window } = made()
  window.produced(500)
  window.attach('a', 100)
  expect(window.full).toBe(true)
  window.acknowledged(450, 'a')
  expect(window.full).toBe(false)
})

test('a page that watches anew under its name is still waited for when its earlier watch ends', () => {
  const { window } = made()
  const leave = window.attach('page', 0)
  window.attach('page', 0)
  leave()
  window.produced(150)
  expect(window.full).toBe(true)
})
