import { expect, test } from 'vitest'
import { DojoError } from '../../../src-main/contract/errors.js'
import { waitFor } from '../../../src-main/util/wait-for.js'

const never = new AbortController().signal
const options = { what: 'the count to be 3', everyMs: 5, signal: never, describe: (n: number) => `count ${n}` }

test('returns the first value that holds, and reads before it pauses', async () => {
  let count = 0
  await expect(
    waitFor(
      async () => ++count,
      (n) => n === 3,
      { ...options, withinMs: 1000 },
    ),
  ).resolves.toBe(3)
  const startedAt = performance.now()
  await waitFor(
    () => 1,
    () => true,
    { ...options, everyMs: 5000, withinMs: 9000 },
  )
  expect(performance.now() - startedAt).toBeLessThan(100)
})

test('a read that throws means not yet', async () => {
  let count = 0
  const read = async (): Promise<number> => {
    if (++count < 3) throw new Error('refused')
    return count
  }
  await expect(waitFor(read, (n) => n === 3, { ...options, withinMs: 1000 })).resolves.toBe(3)
})

test('says what was seen last when time is up', async () => {
  const failure = await waitFor(
    async () => 1,
    (n) => n === 3,
    { ...options, withinMs: 30 },
  ).catch((e: unknown) => e)
  expect(failure).toBeInstanceOf(DojoError)
  expect((failure as DojoError).code).toBe('wait-timed-out')
  expect((failure as DojoError).said).toMatchObject({
    what: 'Waited 30 ms for the count to be 3',
    why: 'last seen: count 1',
  })
})

test('a read that never settles does not outlast the deadline', async () => {
  const startedAt = performance.now()
  const failure = waitFor(
    () => new Promise<number>(() => undefined),
    () => true,
    { ...options, withinMs: 50 },
  )
  await expect(failure).rejects.toMatchObject({ code: 'wait-timed-out' })
  expect(performance.now() - startedAt).toBeLessThan(500)
})

test('rejects with the reason of its caller when it is cancelled', async () => {
  const cancel = new AbortController()
  const waiting = waitFor(
    () => 1,
    () => false,
    { ...options, withinMs: 10_000, signal: cancel.signal },
  )
  cancel.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
})

test('a read that is left behind may fail without harm', async () => {
  const unhandled: unknown[] = []
  const hear = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', hear)
  const gone = new AbortController()
  const read = async (): Promise<number> => {
    gone.abort(new Error('the caller went away')) // and so nobody waits for what this read comes to
    await Promise.resolve()
    throw new Error('connection terminated')
  }
  await expect(waitFor(read, () => true, { ...options, signal: gone.signal, withinMs: 1000 })).rejects.toThrow(
    'went away',
  )
  await new Promise((resolve) => setTimeout(resolve, 20))
  process.off('unhandledRejection', hear)
  expect(unhandled).toEqual([])
})
