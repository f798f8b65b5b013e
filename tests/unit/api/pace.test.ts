import { describe, expect, test } from 'vitest'
import { following, latest, type Gives } from '../../../src-main/api/pace.js'

describe('latest', () => {
  test('gives a slow reader the newest value, and holds no other', async () => {
    let gives!: Gives<number>
    const stream = latest<number>((it) => {
      gives = it
      it.put(0)
      return () => undefined
    })
    expect((await stream.next()).value).toBe(0)
    for (let n = 1; n <= 100_000; n++) gives.put(n)
    expect((await stream.next()).value).toBe(100_000)
    const waits = stream.next()
    gives.put(7)
    expect((await waits).value).toBe(7)
  })

  test('stops listening when the signal aborts, also while it waits', async () => {
    const stop = new AbortController()
    let stopped = false
    const stream = latest(() => () => void (stopped = true), stop.signal)
    const waits = stream.next()
    stop.abort()
    expect((await waits).done).toBe(true)
    expect(stopped).toBe(true)
  })

  test('gives the pending value before it ends, and throws what it ended with', async () => {
    const failed = new Error('gone')
    const stream = latest<string>((gives) => {
      gives.put('last')
      gives.end(failed)
      gives.put('too late')
      return () => undefined
    })
    expect((await stream.next()).value).toBe('last')
    await expect(stream.next()).rejects.toBe(failed)
  })

  test('ends without an error when it is complete', async () => {
    const stream = latest<string>((gives) => {
      gives.end()
      return () => undefined
    })
    expect((await stream.next()).done).toBe(true)
  })
})

function logOf<T>(initial: T[]) {
  let all = initial
  const listeners = new Set<(record: T) => void>()
  return {
    listeners,
    all: () => all,
    onAppend(listener: (record: T) => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    append(record: T) {
      all.push(record)
      for (const listener of listeners) listener(record)
    },
    compact: (left: T[]) => void (all = left),
  }
}

describe('following', () => {
  test('gives everything first, even when that is nothing', async () => {
    expect((await following(logOf([1, 2])).next()).value).toEqual([1, 2])
    expect((await following(logOf<number>([])).next()).value).toEqual([])
  })

  test('gives what is added in order and in batches, without loss, also when the log is compacted', async () => {
    const log = logOf([0])
    const stream = following(log, { everyMs: 1 })
    const got: number[] = [...(await stream.next()).value!]
    for (let n = 1; n <= 50; n++) log.append(n)
    log.compact([50])
    for (let n = 51; n <= 60; n++) log.append(n)
    while (got.length < 61) got.push(...(await stream.next()).value!)
    expect(got).toEqual(Array.from({ length: 61 }, (_, n) => n))
  })

  test('the first batch does not change when the log grows', async () => {
    const log = logOf([1])
    const first = (await following(log).next()).value
    log.append(2)
    expect(first).toEqual([1])
  })

  test('sends away who falls too far behind, instead of queueing for ever', async () => {
    const log = logOf<number>([])
    const stream = following(log, { everyMs: 1 })
    await stream.next()
    for (let n = 0; n < 20_001; n++) log.append(n)
    await expect(stream.next()).rejects.toMatchObject({ code: 'internal' })
    expect(log.listeners.size).toBe(0)
  })

  test('stops listening when the signal aborts', async () => {
    const stop = new AbortController()
    const log = logOf<number>([])
    const stream = following(log, { signal: stop.signal })
    await stream.next()
    const waits = stream.next()
    stop.abort()
    expect((await waits).done).toBe(true)
    expect(log.listeners.size).toBe(0)
  })
})
