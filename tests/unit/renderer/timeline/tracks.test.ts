import { describe, expect, test } from 'vitest'
import type { LabRecord } from '../../../../src-main/contract/record.js'
import { ClientTicks } from '../../../../src-renderer/timeline/client-ticks.js'
import { createTracker, tracksOf } from '../../../../src-renderer/timeline/tracks.js'
import { at, failoverRecords } from '../../../support/recorded-failover.js'

const role = (t: number, host: string, word: 'leader' | 'sync'): LabRecord => ({
  t,
  k: 'role',
  host,
  role: word,
  timeline: 1,
  note: '',
})

describe('tracks', () => {
  test('are the same whether records come at once or in batches', () => {
    const records = failoverRecords(760)
    const growing: LabRecord[] = []
    const track = createTracker()
    for (let start = 0; start < records.length; start += 97) {
      growing.push(...records.slice(start, start + 97))
      track(growing)
    }
    const [whole, batched] = [tracksOf(records), track(growing)]
    expect(batched.roles).toEqual(whole.roles)
    expect(batched.lease).toEqual(whole.lease)
    expect(batched.events).toEqual(whole.events)
    expect(batched.client.count(at(0), at(760))).toEqual(whole.client.count(at(0), at(760)))
    expect([batched.first, batched.last]).toEqual([whole.first, whole.last])
  })

  test('put a record that comes late where its time belongs', () => {
    const { roles } = tracksOf([role(3_000, 'pg1', 'leader'), role(1_000, 'pg1', 'sync')])
    expect(roles.get('pg1')!.map(({ from }) => from)).toEqual([1_000, 3_000])
  })

  test('start anew with another array: a snapshot after a reconnect', () => {
    const track = createTracker()
    track([role(1_000, 'pg1', 'leader'), role(2_000, 'pg2', 'sync')])
    const again = track([role(5_000, 'pg2', 'leader')])
    expect([...again.roles.keys()]).toEqual(['pg2'])
    expect(again.first).toBe(5_000)
  })

  test('are another object only when something came', () => {
    const track = createTracker()
    const records = [role(1_000, 'pg1', 'leader')]
    const before = track(records)
    expect(track(records)).toBe(before)
    records.push(role(2_000, 'pg1', 'sync'))
    expect(track(records)).not.toBe(before)
  })
})

describe('client ticks', () => {
  test('add up what overlaps, as unknown writes are told later than the rest', () => {
    const ticks = new ClientTicks()
    ticks.add(10_000, [4, 4, 0], [0, 0, 1], [0, 0, 0])
    ticks.add(10_200, [0], [0], [2])
    expect(ticks.count(10_000, 10_300)).toEqual({
      acked: 8,
      failed: 1,
      unknown: 2,
      known: 3,
      silent: 1,
      slowestMs: null,
    })
  })

  test('tell a silent client from a time that nobody watched', () => {
    const ticks = new ClientTicks()
    ticks.add(10_000, [0, 0], [0, 0], [0, 0])
    ticks.add(20_000, [4], [0], [0])
    expect(ticks.count(10_000, 10_200)).toMatchObject({ known: 2, silent: 2 })
    expect(ticks.count(11_000, 20_000)).toMatchObject({ known: 0, silent: 0, slowestMs: null })
  })

  test('hold an hour, and a batch from before the first one', () => {
    const ticks = new ClientTicks()
    const second = Array.from({ length: 10 }, () => 4)
    const none = second.map(() => 0)
    for (let s = 1; s <= 3600; s++) ticks.add(s * 1000, second, none, none)
    ticks.add(0, second, none, none)
    expect(ticks.count(0, 3_601_000).acked).toBe(3601 * 40)
    expect(ticks.count(0, 1000)).toMatchObject({ acked: 40, known: 10 })
    expect(ticks.end).toBe(3_601_000)
  })
})
