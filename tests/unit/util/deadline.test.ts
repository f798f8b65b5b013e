import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { deadline } from '../../../src-main/util/deadline.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

test('it ends in time, also after the garbage collector ran', async () => {
  const { signal } = deadline(300, new AbortController().signal)
  expect(signal.aborted).toBe(false)
  for (let n = 0; n < 3; n++) {
    collect()
    await pause(5)
  }
  await expect.poll(() => signal.aborted, { timeout: 2000 }).toBe(true)
  expect(signal.reason).toMatchObject({ name: 'TimeoutError', message: 'Not done within 300 ms' })
})

test('it ends with the first of its signals, for that reason', async () => {
  const [one, two] = [new AbortController(), new AbortController()]
  const { signal } = deadline(60_000, one.signal, two.signal)
  two.abort(new Error('enough'))
  one.abort(new Error('late'))
  expect(signal.reason).toEqual(new Error('enough'))
  expect(deadline(60_000, one.signal).signal.reason).toEqual(new Error('late'))
})

test('once cleared it never ends, and holds on to nothing', async () => {
  const outer = new AbortController()
  const { signal, clear } = deadline(20, outer.signal)
  clear()
  outer.abort()
  await pause(60)
  expect(signal.aborted).toBe(false)
})
