import { expect, test } from 'vitest'
import {
  addTab,
  closeTab,
  emptyLayout,
  focusedTab,
  show,
  split,
  step,
  titleFor,
  unsplit,
  type Layout,
} from '../../../../src-renderer/terminals/tabs.js'

/** Tabs a, b, c, ... on hosts of the same names; a is shown. */
const withTabs = (...keys: string[]): Layout =>
  show(
    keys.reduce((layout, key) => addTab(layout, { host: key, kind: 'shell' }, key), emptyLayout),
    keys[0]!,
  )

test('a tab is named as its host, and says as whom and how often', () => {
  expect(titleFor({ host: 'pg1', kind: 'shell' }, [])).toBe('pg1')
  expect(titleFor({ host: 'pg1', kind: 'root' }, ['pg1'])).toBe('pg1 root')
  expect(titleFor({ host: null, kind: 'psql' }, [])).toBe('psql')
  expect(titleFor({ host: 'pg1', kind: 'psql' }, ['psql'])).toBe('psql pg1')
  expect(titleFor({ host: 'pg1', kind: 'shell' }, ['pg1', 'pg1 2'])).toBe('pg1 3')
})

test('a new tab comes beside its like, and is shown', () => {
  const layout = addTab(withTabs('pg1', 'pg2'), { host: 'pg1', kind: 'shell' }, 'new')
  expect(layout.tabs.map(({ title }) => title)).toEqual(['pg1', 'pg1 2', 'pg2'])
  expect(focusedTab(layout)?.key).toBe('new')
})

test('a split shows the next tab beside the present one; the one with the keyboard survives its end', () => {
  const both = split(withTabs('a', 'b', 'c'))!
  expect(both.shown).toEqual(['a', 'b'])
  expect(unsplit(both).shown).toEqual(['b'])
  expect(split(both)).toBeNull()
  expect(split(withTabs('a'))).toBeNull()
})

test('showing a tab that is in view moves the keyboard, and never shows it twice', () => {
  const both = split(withTabs('a', 'b', 'c'))!
  expect(show(both, 'a')).toMatchObject({ shown: ['a', 'b'], focused: 0 })
  expect(show(both, 'c')).toMatchObject({ shown: ['a', 'c'], focused: 1 })
  expect(show(both, 'nobody')).toBe(both)
})

test('closing shows the nearest hidden tab in its place', () => {
  expect(closeTab(show(withTabs('a', 'b', 'c'), 'b'), 'b')).toMatchObject({ shown: ['c'] })
  expect(closeTab(show(withTabs('a', 'b', 'c'), 'c'), 'c')).toMatchObject({ shown: ['b'] })
})

test('closing the last hidden tab’s pane leaves one pane; closing the last tab leaves none', () => {
  const both = split(withTabs('a', 'b'))!
  const one = closeTab(both, 'a')
  expect(one).toMatchObject({ shown: ['b'], focused: 0 })
  const none = closeTab(one, 'b')
  expect(none).toEqual(emptyLayout)
  expect(focusedTab(none)).toBeNull()
  expect(step(none, 1)).toBe(none)
})

test('closing a tab that is not in view changes nothing in view', () => {
  expect(closeTab(withTabs('a', 'b'), 'b')).toMatchObject({ shown: ['a'], tabs: [{ key: 'a' }] })
})

test('next and before go round the row', () => {
  const layout = withTabs('a', 'b', 'c')
  expect(focusedTab(step(layout, 1))?.key).toBe('b')
  expect(focusedTab(step(layout, -1))?.key).toBe('c')
})
