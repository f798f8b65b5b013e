import { describe, expect, test } from 'vitest'
import type { EventKind, LabEvent } from '../../../../src-main/contract/record.js'
import { marksOf, type Mark } from '../../../../src-renderer/timeline/marks.js'
import { placeMarks, type PlacedMark } from '../../../../src-renderer/timeline/place-marks.js'
import { timeScale, xOf } from '../../../../src-renderer/timeline/scale.js'
import { tracksOf } from '../../../../src-renderer/timeline/tracks.js'
import { widthOf } from '../../../../src-renderer/timeline/words.js'
import { at, dice, failoverRecords, zero } from '../../../support/recorded-failover.js'

const { events } = tracksOf(failoverRecords(751))
const event = (t: number, kind: EventKind, host?: string): LabEvent => ({
  t,
  k: 'event',
  kind,
  text: kind,
  data: {},
  source: 'app',
  ...(host === undefined ? {} : { host }),
})

describe('marks', () => {
  test('tell a cause by its time, and what followed by its distance', () => {
    const shown = marksOf(events, zero).filter(({ t }) => t > at(720))
    expect(shown.map(({ words, when }) => `${words} ${when}`)).toEqual([
      'crash pg1 12:07.0',
      'lease expired +20.4 s',
      'promoted +21.3 s',
      'check passed +23.2 s',
    ])
  })

  test('show a fault and the engine’s word about it once, at the engine’s time', () => {
    const marks = marksOf([event(1_000, 'host.crashed', 'pg1'), event(1_020, 'fault.applied', 'pg1')], 0)
    expect(marks.map(({ event: { kind } }) => kind)).toEqual(['host.crashed'])
  })

  test('keep a fault that the engine does not see', () => {
    expect(marksOf([event(1_000, 'fault.applied', 'pg1')], 0)).toHaveLength(1)
  })

  test('name what nobody injected: a pause, a clock, an archive, a service, what no fault explains', () => {
    const kinds = ['cluster.paused', 'clock.jumped', 'archive.failing', 'service.lost', 'unexplained'] as const
    const marks = marksOf(
      kinds.map((kind, n) => ({ ...event(n * 1_000, kind, 'pg1'), text: `${kind} pg1: as it did not answer` })),
      0,
    )
    expect(marks.map(({ event: { kind }, cause }) => [kind, cause ?? false])).toEqual(
      kinds.map((kind) => [kind, false]),
    )
    expect(marks.map(({ words }) => words).filter((words) => words.includes('as it did not'))).toEqual([
      'archive.failing pg1: as it did not answer',
    ])
  })

  test('forget a cause after two minutes', () => {
    const [, far] = marksOf([event(0, 'host.crashed', 'pg1'), event(121_000, 'promoted', 'pg2')], 0)
    expect(far!.when).toBe('02:01.0')
  })
})

const room = { left: 132, right: 1436, rows: 2 }
const place = (marks: Mark[], from: number, to: number): PlacedMark[] => {
  const scale = timeScale(from, to, 128, 1312)
  return placeMarks(
    marks.filter(({ t }) => t >= from && t <= to).map((mark) => ({ mark, x: xOf(scale, mark.t) })),
    room,
  )
}

const boxOf = ({ label, row }: PlacedMark) => {
  if (!label) return null
  const width = widthOf(label.when ? `${label.words} ${label.when}` : label.words)
  return {
    row,
    from: label.side === 'right' ? label.x : label.x - width,
    to: label.side === 'right' ? label.x + width : label.x,
  }
}

/** Words on words, on a shape of their row, or on a line to a lower row. */
function collisions(placed: PlacedMark[]): string[] {
  const boxes = placed.map((each) => ({ each, box: boxOf(each) })).filter(({ box }) => box !== null)
  const found: string[] = []
  for (const { each, box } of boxes) {
    for (const other of placed) {
      if (other !== each && other.row >= box!.row && other.x > box!.from - 4 && other.x < box!.to + 4) {
        found.push(`${each.mark.words} on the mark ${other.mark.words}`)
      }
      const theirs = boxOf(other)
      if (other !== each && theirs?.row === box!.row && theirs.from < box!.to && box!.from < theirs.to) {
        found.push(`${each.mark.words} on ${other.mark.words}`)
      }
    }
  }
  return found
}

describe('words beside marks', () => {
  test('stand as drawn in a failover: flipped before the next mark, a row down between two', () => {
    // the drawn window: 40 s with 30 px per second, now at 12:31.0
    const placed = place(marksOf(events, zero), at(711), at(711 + 1312 / 30))
    const label = (words: string) => placed.find(({ mark }) => mark.words === words)!
    expect(label('crash pg1')).toMatchObject({ row: 0, label: { side: 'right' } })
    expect(label('lease expired')).toMatchObject({ row: 0, label: { side: 'left' } })
    expect(label('promoted')).toMatchObject({ row: 1, label: { side: 'right' } })
    expect(label('check passed')).toMatchObject({ row: 0, label: { side: 'right' } })
    expect(collisions(placed)).toEqual([])
  })

  test('never lie on one another, however many there are', () => {
    const kinds: EventKind[] = ['host.crashed', 'promoted', 'check.passed', 'lease.expired', 'replica.streaming']
    const random = dice(3)
    for (let round = 0; round < 60; round++) {
      const many = Array.from({ length: 4 + (round % 30) }, () =>
        event(random() * 40_000, kinds[Math.floor(random() * kinds.length)]!, 'pg1'),
      ).toSorted((a, b) => a.t - b.t)
      expect(collisions(place(marksOf(many, 0), 0, 40_000))).toEqual([])
    }
  })

  test('of checks that pass one right after the other are one with a count, unless something came between', () => {
    const words = (events: LabEvent[]) => place(marksOf(events, 0), 0, 40_000).map(({ mark }) => mark.words)
    const passed = (t: number) => event(t, 'check.passed')
    expect(words([passed(9_000), passed(9_700), passed(10_500), passed(30_000)])).toEqual([
      '3 checks passed',
      'check passed',
    ])
    expect(words([passed(9_000), event(9_400, 'promoted', 'pg2'), passed(9_800)])).toEqual([
      'check passed',
      'promoted',
      'check passed',
    ])
  })

  test('stay inside the plot', () => {
    const placed = place(marksOf([event(39_990, 'host.crashed', 'pg1')], 0), 0, 40_000)
    expect(placed[0]!.label!.side).toBe('left')
  })

  test('of a cause win over those of a verdict at the same place', () => {
    const placed = place(marksOf([event(20_000, 'check.passed'), event(20_010, 'host.crashed', 'pg1')], 0), 0, 40_000)
    expect(placed.map(({ mark }) => mark.event.kind)).toEqual(['host.crashed'])
  })
})
