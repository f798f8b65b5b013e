import { describe, expect, test } from 'vitest'
import { bandLabel, bandSpans } from '../../../../src-renderer/timeline/bands.js'
import { tracksOf } from '../../../../src-renderer/timeline/tracks.js'
import { at, backAt, crashAt, failoverRecords, promotedAt, zero } from '../../../support/recorded-failover.js'

const tracks = tracksOf(failoverRecords(900))
const spansOf = (host: string, until = 900) => bandSpans(host, tracks.roles.get(host)!, tracks.events, at(until))

describe('role bands', () => {
  test('follow one another without a gap, until now', () => {
    const spans = spansOf('pg1')
    expect(spans.map(({ role }) => role)).toEqual(['leader', 'down', 'starting', 'replica', 'sync'])
    for (const [index, span] of spans.slice(1).entries()) expect(span.from).toBe(spans[index]!.to)
    expect(spans.at(-1)!.to).toBe(at(900))
  })

  test('are one band while only the note changes', () => {
    const spans = spansOf('pg2', 740)
    expect(spans).toHaveLength(1)
    expect(spans[0]!.note).toBe('no upstream; waiting for the leader key')
  })

  test('say from when on a standby had no upstream, and why', () => {
    const [sync] = spansOf('pg2')
    expect(sync!.detached).toHaveLength(1)
    const [part] = sync!.detached
    expect(part!.from).toBe(at(crashAt + 0.05))
    expect(part!.to).toBe(at(promotedAt))
    expect(part!.words).toBe('no upstream, waiting for the leader key')
  })

  test('begin when the engine saw the host go, not when that was concluded', () => {
    const late = tracksOf([
      { t: 1_000, k: 'role', host: 'pg1', role: 'leader', timeline: 1, note: '' },
      { t: 9_000, k: 'event', kind: 'host.crashed', host: 'pg1', text: 'crash pg1', data: {}, source: 'engine' },
      { t: 10_300, k: 'role', host: 'pg1', role: 'down', timeline: null, note: 'crashed' },
    ])
    const [leads, down] = bandSpans('pg1', late.roles.get('pg1')!, late.events, 20_000)
    expect([leads!.to, down!.from]).toEqual([9_000, 9_000])
  })
})

describe('a band’s words', () => {
  const span = { role: 'sync' as const, timeline: 1, from: at(0), note: '' }
  const wordsAt = (width: number) => {
    const label = bandLabel(span, width, zero)
    return label && [label.word, label.rest].filter(Boolean).join(' ')
  }

  test('give way as it gets narrow: the timeline shorter, then gone, then the word', () => {
    expect(wordsAt(300)).toBe('sync standby timeline 1')
    expect(wordsAt(130)).toBe('sync standby tl 1')
    expect(wordsAt(70)).toBe('sync tl 1')
    expect(wordsAt(45)).toBe('sync')
    expect(wordsAt(20)).toBeNull()
  })

  test('never need more room than they have', () => {
    for (let width = 1; width < 320; width++)
      expect((wordsAt(width) ?? '').length * 6.6).toBeLessThan(Math.max(width, 1))
  })

  test('say since when a host is down', () => {
    const label = bandLabel({ role: 'down', timeline: 1, from: at(crashAt), note: '' }, 200, zero)
    expect(label).toEqual({ word: 'host down', rest: 'since 12:07.0' })
  })

  test('call a holder of the key that is still a standby promoting', () => {
    const label = bandLabel({ role: 'leader', timeline: 1, from: 0, note: 'holds the leader key; promotes' }, 200, zero)
    expect(label).toEqual({ word: 'promotes', rest: '' })
  })

  test('belong to a host that came back', () => {
    expect(spansOf('pg1').find(({ role }) => role === 'starting')!.from).toBe(at(backAt))
  })
})
