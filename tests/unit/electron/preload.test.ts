import { EventEmitter } from 'node:events'
import { beforeAll, expect, test, vi } from 'vitest'

const ipcRenderer = Object.assign(new EventEmitter(), { send: vi.fn<(...args: unknown[]) => void>() })
vi.mock('electron', () => ({ ipcRenderer }))

const page = Object.assign(new EventEmitter(), {
  addEventListener: (name: string, listener: (event: unknown) => void) => page.on(name, listener),
  postMessage: vi.fn<(...args: unknown[]) => void>(),
})
const ours = { source: page, origin: 'app://dojo', data: 'dojo:port-please' }

beforeAll(async () => {
  vi.stubGlobal('window', page)
  vi.stubGlobal('location', { origin: 'app://dojo' })
  await import('../../../src-main/preload.js')
})

test('passes on the page asking for a port', () => {
  page.emit('message', ours)
  expect(ipcRenderer.send).toHaveBeenCalledExactlyOnceWith('dojo:port-please')
})

test('passes on nothing else: no other word, source or origin', () => {
  ipcRenderer.send.mockClear()
  page.emit('message', { ...ours, data: 'dojo:port' })
  page.emit('message', { ...ours, data: { channel: 'dojo:port-please' } })
  page.emit('message', { ...ours, source: {} })
  page.emit('message', { ...ours, origin: 'https://example.org' })
  expect(ipcRenderer.send).not.toHaveBeenCalled()
})

test('gives the port to the page, addressed to its origin', () => {
  const port = {}
  ipcRenderer.emit('dojo:port', { ports: [port] })
  expect(page.postMessage).toHaveBeenCalledExactlyOnceWith('dojo:port', 'app://dojo', [port])
})
