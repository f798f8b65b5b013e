import { describe, expect, test } from 'vitest'
import { outageLayout } from '../../../../src-renderer/timeline/outage-layout.js'
import { outagesOf, type OutageSpan } from '../../../../src-renderer/timeline/outages.js'
import { tracksOf } from '../../../../src-renderer/timeline/tracks.js'
import { widthOf } from '../../../../src-renderer/timeline/words.js'
import { at, crashAt, failoverRecords, probeStats, writesAgainAt } from '../../../support/recorded-failover.js'

describe('outages', () => {
  test('last from the last acknowledgement to the first one after, as the probe says', () => {
    const [span] = outagesOf(tracksOf(failoverRecords(760)), null)
    expect(span).toMatchObject({ from: at(crashAt), until: at(writesAgainAt), unknown: 3 })
  })

  test('go on until an end is recorded', () => {
    const [span] = outagesOf(tracksOf(failoverRecords(740)), null)
    expect(span!.until).toBeNull()
  })

  test('are known from the probe alone when the window opened in the middle of one', () => {
    const [span] = outagesOf(tracksOf([]), probeStats(740))
    expect(span).toMatchObject({ from: at(crashAt), until: null, unknown: 3 })
  })

  test('say what was lost only after somebody looked', () => {
    const tracks = tracksOf(failoverRecords(760))
    expect(outagesOf(tracks, null)[0]!.lost).toBeNull()
    expect(outagesOf(tracks, { ...probeStats(760), lost: 0, verifiedAt: at(700) })[0]!.lost).toBeNull()
    expect(outagesOf(tracks, { ...probeStats(760), lost: 2, verifiedAt: at(759) })[0]!.lost).toBe(2)
  })

  test('are the same one in the events and in the probe’s list', () => {
    expect(outagesOf(tracksOf(failoverRecords(760)), probeStats(760))).toHaveLength(1)
  })
})

describe('the words in the hole', () => {
  const span: OutageSpan = { from: 0, until: 21_900, failed: 60, unknown: 3, lost: 0 }
  const wordsIn = (width: number, one = span) =>
    outageLayout(one, 608, 608 + width, 40_000).words.map(({ text }) => text)

  test('say everything where there is room, and less in a smaller hole', () => {
    expect(wordsIn(657)).toEqual(['outage 21.9 s', 'lost 0', 'unknown 3'])
    expect(wordsIn(260)).toEqual(['outage 21.9 s', 'lost 0'])
    expect(wordsIn(160)).toEqual(['outage 21.9 s'])
    expect(wordsIn(70)).toEqual(['21.9 s'])
    expect(wordsIn(30)).toEqual([])
  })

  test('stay between its edges', () => {
    const outside: string[] = []
    for (let width = 10; width < 700; width++) {
      const { words, ground } = outageLayout(span, 100, 100 + width, 0)
      const parts = words.map(({ x, text, size, shape }) => ({
        text,
        x,
        end: x + (shape ? 14 : 0) + widthOf(text, size),
      }))
      if (ground) parts.push({ text: 'ground', x: ground.x, end: ground.x + ground.width })
      outside.push(
        ...parts.filter(({ x, end }) => x < 100 || end > 100 + width).map(({ text }) => `${text} at ${width}`),
      )
    }
    expect(outside).toEqual([])
  })

  test('count while it lasts, and do not claim that nothing was lost', () => {
    expect(wordsIn(657, { ...span, until: null, lost: null })).toEqual(['outage 40.0 s so far', 'unknown 3'])
  })
})
