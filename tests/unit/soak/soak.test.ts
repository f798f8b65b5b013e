import { describe, expect, test } from 'vitest'
import { faultKinds } from '../../../src-main/faults/index.js'
import { loadTopology } from '../../../src-main/lab/topology-file.js'
import { scheduleOf } from '../../soak/schedule.js'
import { shrink } from '../../soak/shrink.js'

const topology = await loadTopology('pair-witness')

describe('a schedule', () => {
  test('is the same for the same seed, and another one for another', () => {
    expect(scheduleOf(7, 50, topology)).toEqual(scheduleOf(7, 50, topology))
    expect(scheduleOf(7, 50, topology)).not.toEqual(scheduleOf(8, 50, topology))
    expect(scheduleOf(7, 10, topology)).toEqual(scheduleOf(7, 50, topology).slice(0, 10))
  })

  test('names kinds, targets and options that exist', () => {
    const targets = [...Object.keys(topology.hosts), 'leader', 'sync-standby', 'any-replica', 'etcd-leader']
    for (const { kind, target, options, holdMs } of scheduleOf(1, 400, topology)) {
      const info = faultKinds.find((each) => each.kind === kind)?.info
      expect(info, kind).toBeDefined()
      expect(targets).toContain(target)
      const { properties = {} } = info!.options as { properties?: Record<string, unknown> }
      expect(Object.keys(properties), kind).toEqual(expect.arrayContaining(Object.keys(options)))
      expect(holdMs).toBeGreaterThan(0)
    }
  })

  test('reaches most kinds of trouble', () => {
    expect(new Set(scheduleOf(7, 200, topology).map(({ kind }) => kind)).size).toBeGreaterThan(10)
  })
})

describe('shrinking', () => {
  const containing =
    (...needed: number[]) =>
    (part: readonly number[]): Promise<boolean> =>
      Promise.resolve(needed.every((one) => part.includes(one)))
  const list = Array.from({ length: 20 }, (_, n) => n)

  test('finds the one that is to blame', async () => {
    expect(await shrink(list, containing(13), 100)).toEqual([13])
  })

  test('finds two that only fail together, in their order', async () => {
    expect(await shrink(list, containing(3, 17), 200)).toEqual([3, 17])
  })

  test('stops when its runs are used up, with the shortest that failed', async () => {
    let runs = 0
    const counted = (part: readonly number[]): Promise<boolean> => {
      runs++
      return containing(13)(part)
    }
    const found = await shrink(list, counted, 3)
    expect(runs).toBe(3)
    expect(found).toContain(13)
    expect(found.length).toBeLessThan(list.length)
  })
})
