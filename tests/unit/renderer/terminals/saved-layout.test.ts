import { expect, test } from 'vitest'
import type { LabInfo } from '../../../../src-main/contract/lab.js'
import type { TerminalView } from '../../../../src-main/contract/terminal.js'
import { firstLayout, savedLayout, saveLayout } from '../../../../src-renderer/terminals/saved-layout.js'

const info = (createdAt = 1, hosts = ['pg1', 'pg2', 'witness', 'backup', 'proxy']): LabInfo =>
  ({
    lab: 'pw-1',
    createdAt,
    hosts: hosts.map((name) => ({
      name,
      services: { backup: ['pgbackrest'], proxy: ['haproxy'] }[name] ?? ['etcd'],
    })),
  }) as unknown as LabInfo

function memory(): Storage {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as Storage
}
let number = 0
const newKey = (): string => `k${++number}`

test('at first there is a tab for each host that votes or holds data, and psql by the client’s route', () => {
  const layout = firstLayout(info(), [], false, newKey)
  expect(layout.tabs.map(({ title }) => title)).toEqual(['pg1', 'pg2', 'witness', 'psql'])
  expect(layout.shown).toEqual([layout.tabs[0]!.key])
})

test('a wide panel begins with a host and psql side by side', () => {
  const layout = firstLayout(info(), [], true, newKey)
  expect(layout.shown).toEqual([layout.tabs[0]!.key, layout.tabs[3]!.key])
  expect(layout.focused).toBe(0)
})

test('terminals that are open already are taken up, and not opened twice', () => {
  const open = [
    { id: 't-1', host: 'pg2', kind: 'shell' },
    { id: 't-2', host: 'pg2', kind: 'shell' },
    { id: 't-3', host: 'proxy', kind: 'root' },
  ] as TerminalView[]
  const layout = firstLayout(info(), open, false, newKey)
  expect(layout.tabs.map(({ title, id }) => [title, id])).toEqual([
    ['pg1', null],
    ['pg2', 't-1'],
    ['pg2 2', 't-2'],
    ['witness', null],
    ['psql', null],
    ['proxy root', 't-3'],
  ])
})

test('a layout comes back after a reload', () => {
  const storage = memory()
  const layout = firstLayout(info(), [], true, newKey)
  saveLayout(info(), layout, storage)
  expect(savedLayout(info(), storage)).toEqual(layout)
})

test('a new lab of the same name begins afresh', () => {
  const storage = memory()
  saveLayout(info(1), firstLayout(info(), [], true, newKey), storage)
  expect(savedLayout(info(2), storage)).toBeNull()
})

test('tabs of hosts that the lab does not have are left out; what can’t be read is no layout', () => {
  const storage = memory()
  saveLayout(info(), firstLayout(info(), [], true, newKey), storage)
  const fewer = savedLayout(info(1, ['pg2']), storage)
  expect(fewer?.tabs.map(({ title }) => title)).toEqual(['pg2', 'psql'])
  expect(fewer?.shown).toHaveLength(1)
  storage.setItem('dojo.terminals.pw-1', '{"createdAt":1,"layout":{"tabs":7}}')
  expect(savedLayout(info(), storage)).toBeNull()
})

test('a storage that is full costs nothing but the memory', () => {
  const full = {
    setItem() {
      throw new DOMException('full', 'QuotaExceededError')
    },
    getItem: () => null,
  } as unknown as Storage
  expect(() => saveLayout(info(), firstLayout(info(), [], false, newKey), full)).not.toThrow()
  expect(savedLayout(info(), full)).toBeNull()
})
