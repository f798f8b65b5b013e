import { expect, test } from 'vitest'
import { waitFor } from '../../../src-main/util/wait-for.js'
import { createOutput } from '../../../src-main/terminal/output.js'
import { collect } from './fakes.js'

const limits = { historyBytes: 64, windowBytes: 32 }
const until = (holds: () => boolean) =>
  waitFor(holds, (value) => value, {
    what: 'the output',
    withinMs: 2_000,
    everyMs: 5,
    signal: AbortSignal.timeout(5_000),
    describe: String,
  })

test('the present state comes first, then everything from the offset on, as it comes', async () => {
  const output = createOutput(() => undefined, limits)
  const stop = new AbortController()
  output.append('before ')
  output.say('open', '')
  const seen = collect(output.watch(0, 'a', stop.signal))
  await until(() => seen.text() === 'before ')
  output.append('after')
  await until(() => seen.text() === 'before after')
  expect(seen.seen[0]).toEqual({ k: 'state', state: 'open', why: '', at: 7 })
  expect(seen.seen.slice(1)).toEqual([
    { k: 'data', from: 0, bytes: 7, data: 'before ' },
    { k: 'data', from: 7, bytes: 5, data: 'after' },
  ])
  stop.abort()
  await seen.done
})

test('a client that comes back asks for the rest and gets exactly that', async () => {
  const output = createOutput(() => undefined, limits)
  output.append('0123456789')
  const seen = collect(output.watch(6, 'a', AbortSignal.timeout(50)))
  await seen.done
  expect(seen.text()).toBe('6789')
})

test('where the wanted offset is gone, a reset says where it goes on', async () => {
  const output = createOutput(() => undefined, limits)
  for (let line = 0; line < 20; line++) output.append(`line ${line}\n`)
  const seen = collect(output.watch(3, 'a', AbortSignal.timeout(50)))
  await seen.done
  expect(seen.seen.map(({ k }) => k)).toEqual(['state', 'reset', 'data'])
  expect(seen.text()).toMatch(/^line 13\n(line \d+\n)+$/)
})

test('an offset of an earlier run of the app is a reset to the beginning', async () => {
  const output = createOutput(() => undefined, limits)
  output.append('new')
  const seen = collect(output.watch(5_000, 'a', AbortSignal.timeout(50)))
  await seen.done
  expect(seen.seen.slice(1)).toEqual([
    { k: 'reset', from: 0, why: 'another session' },
    { k: 'data', from: 0, bytes: 3, data: 'new' },
  ])
})

test('a character that arrives in two pieces is sent once, whole', async () => {
  const output = createOutput(() => undefined, limits)
  const stop = new AbortController()
  const seen = collect(output.watch(0, 'a', stop.signal))
  const bytes = Buffer.from('\u{1f680}')
  output.append(bytes.subarray(0, 2))
  output.append(bytes.subarray(2))
  await until(() => seen.text() !== '')
  expect(seen.seen.filter(({ k }) => k === 'data')).toEqual([{ k: 'data', from: 0, bytes: 4, data: '\u{1f680}' }])
  stop.abort()
})

test('without acknowledgements the source is stopped; a watcher that leaves sets it free', async () => {
  const changes: boolean[] = []
  const output = createOutput((full) => changes.push(full), limits)
  const stop = new AbortController()
  const seen = collect(output.watch(0, 'a', stop.signal))
  await until(() => seen.seen.length > 0)
  output.append('x'.repeat(40))
  expect(changes).toEqual([true])
  output.acknowledged(40, 'a')
  expect(changes).toEqual([true, false])
  output.append('x'.repeat(40))
  stop.abort()
  await seen.done
  expect(changes).toEqual([true, false, true, false])
})

test('a closed terminal gives the rest, then ends', async () => {
  const output = createOutput(() => undefined, limits)
  output.append('last words')
  output.finish()
  const seen = collect(output.watch(0, 'a', new AbortController().signal))
  await seen.done
  expect(seen.text()).toBe('last words')
})
