import { expect, test } from 'vitest'
import { isCopy, isPaste, terminalKeys } from '../../../../src-renderer/terminals/keys.js'

const press = (code: string, ...held: ('ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey')[]) => ({
  code,
  key: code.startsWith('Key') ? code.slice(3) : code,
  ctrlKey: held.includes('ctrlKey'),
  metaKey: held.includes('metaKey'),
  shiftKey: held.includes('shiftKey'),
  altKey: held.includes('altKey'),
})

test('Ctrl C alone is the shell’s interrupt, never a copy', () => {
  expect(isCopy(press('KeyC', 'ctrlKey'), false)).toBe(false)
  expect(isCopy(press('KeyC', 'ctrlKey'), true)).toBe(false)
})

test('copy and paste have the terminal’s keys everywhere, and a Mac’s on a Mac', () => {
  for (const mac of [true, false]) {
    expect(isCopy(press('KeyC', 'ctrlKey', 'shiftKey'), mac)).toBe(true)
    expect(isPaste(press('KeyV', 'ctrlKey', 'shiftKey'), mac)).toBe(true)
    expect(isCopy(press('KeyC', 'metaKey'), mac)).toBe(mac)
    expect(isPaste(press('KeyV', 'metaKey'), mac)).toBe(mac)
  }
  expect(isCopy(press('Insert', 'ctrlKey'), false)).toBe(true)
  expect(isPaste(press('Insert', 'shiftKey'), false)).toBe(true)
  expect(isPaste(press('KeyV', 'ctrlKey'), false)).toBe(false)
})

test('in a browser no command takes a key that the browser keeps for itself', () => {
  const kept = ['Ctrl Shift T', 'Ctrl Shift W', 'Ctrl PageUp', 'Ctrl PageDown', 'Ctrl T', 'Ctrl W', 'Ctrl N']
  expect(Object.values(terminalKeys(false)).filter((keys) => kept.includes(keys))).toEqual([])
  expect(terminalKeys(true).open).toBe('Ctrl Shift T')
})
