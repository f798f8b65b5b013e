import { describe, expect, test } from 'vitest'
import type { ClusterState } from '../../../../src-main/contract/cluster.js'
import { forkLayout } from '../../../../src-renderer/topology/fork-layout.js'
import { lsnNumber, lsnText } from '../../../../src-renderer/topology/lsn.js'
import { forkOf } from '../../../../src-renderer/topology/scene-fork.js'
import { widthOf } from '../../../../src-renderer/timeline/words.js'
import { at, failoverState, labInfo, zero } from '../../../support/recorded-failover.js'

const forkWith = (change: (state: ClusterState) => void) => {
  const state = failoverState(880)
  change(state)
  return forkOf({ info: labInfo(), state, now: at(880), zero, recorded: false })!
}
/** pg2 leads on timeline 3 after two promotions; pg1 stayed where it was told to. */
const twoPromotions = (timeline: number, lsn: string) =>
  forkWith((state) => {
    const [pg1, pg2] = state.hosts
    pg1!.timeline = pg1!.postgres!.value!.timeline = timeline
    pg1!.postgres!.value!.lsn = lsn
    pg2!.timeline = pg2!.postgres!.value!.timeline = 3
    state.dcs.value!.history = [
      { timeline: 1, lsn: lsnNumber('0/3000000'), reason: '', at: new Date(at(600)).toISOString() },
      { timeline: 2, lsn: lsnNumber('0/5030000'), reason: '', at: new Date(at(748)).toISOString() },
    ]
  })

describe('several timelines', () => {
  test('are stems with where and when each ended, and the newest at the end', () => {
    const fork = twoPromotions(3, '0/5031C20')
    expect(fork.stems.map(({ words }) => words)).toEqual(['1 until 10:00.0, 0/3000000', '2 until 12:28.0, 0/5030000'])
    expect(fork.newest).toMatchObject({ timeline: 3, host: 'pg2' })
    expect(fork.left).toEqual([])
  })

  test('the newest is astray when the leader is on an older one', () => {
    const fork = forkWith((state) => {
      const [pg1, pg2] = state.hosts
      pg1!.timeline = pg1!.postgres!.value!.timeline = 3
      pg1!.role = 'none'
      pg2!.role = 'leader'
      pg2!.timeline = pg2!.postgres!.value!.timeline = 2
    })
    expect(fork.newest).toMatchObject({ timeline: 3, host: 'pg1', stray: true })
    expect(fork.newest.words).toContain('astray')
    expect(fork.explain).toContain('pg2 leads on 2.')
    expect(twoPromotions(3, '0/5031C20').newest.stray).toBe(false)
  })

  test('a host whose PostgreSQL stops is left where it was last, with an end that nobody knows', () => {
    const fork = forkWith((state) => {
      const [pg1, pg2] = state.hosts
      const postgres = pg1!.postgres!
      Object.assign(pg1!, { role: 'none', note: 'PostgreSQL: stopping', timeline: null })
      pg1!.postgres = { ...postgres, stale: true, value: { ...postgres.value!, timeline: 1 } }
      pg2!.timeline = pg2!.postgres!.value!.timeline = 2
    })
    expect(fork.left).toMatchObject([{ host: 'pg1', timeline: 1, open: true, words: '1, pg1: end not known' }])
  })

  test('a host that wrote past the fork has diverged, by so much', () => {
    const fork = twoPromotions(2, '0/5031800')
    expect(fork.left).toMatchObject([{ host: 'pg1', timeline: 2, diverged: true }])
    expect(fork.left[0]!.words).toBe('2, pg1: 0/5031800, 6 kB astray')
    expect(fork.explain).toContain('pg1 wrote on timeline 2 past the fork')
  })

  test('a host that stopped before the fork is only behind', () => {
    expect(twoPromotions(1, '0/2FFFFF8').left).toMatchObject([{ diverged: false, open: false }])
  })

  test('their places: what was left goes off where its timeline ended, above the line, and nothing leaves the box', () => {
    const box = { x: 24, y: 180, width: 380, height: 84 }
    const layout = forkLayout(twoPromotions(1, '0/3000800'), box)!
    const first = layout.stems[0]!
    expect(layout.left[0]).toMatchObject({ x: first.end, diverged: true })
    expect(layout.left[0]!.y).toBeLessThan(layout.axis)
    const ends = [...layout.left, layout.tip].map(({ x, words }) => x + 48 + widthOf(words))
    for (const end of ends) expect(end).toBeLessThanOrEqual(box.x + box.width + 1)
  })

  test('are a line of words where a tree has no room', () => {
    expect(forkLayout(twoPromotions(2, '0/5031800'), { x: 0, y: 0, width: 380, height: 40 })).toBeNull()
  })
})

test('positions go from text to bytes and back', () => {
  for (const text of ['0/0', '0/5031C48', '1A/FF000028']) expect(lsnText(lsnNumber(text))).toBe(text)
  expect(lsnNumber('nonsense')).toBeNaN()
})
