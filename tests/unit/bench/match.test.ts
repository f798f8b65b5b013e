import { expect, test } from 'vitest'
import { delays } from '../../../bench/screen/match.js'

const taken = [
  { at: 1000, value: 'pg2' },
  { at: 9000, value: 'pg1' },
]
const shown = (holder: string, changed: number, drawn: number | null = changed + 10) => ({ holder, changed, drawn })

test('each change of the key is matched with the first picture of its holder, on one clock', () => {
  const seen = [shown('pg1', 500), shown('', 890), shown('pg2', 1047), shown('', 8900), shown('pg1', 9107)]
  expect(delays(taken, seen, 7)).toEqual([
    { holder: 'pg2', changedMs: 40, drawnMs: 50 },
    { holder: 'pg1', changedMs: 100, drawnMs: 110 },
  ])
})

test('a holder that was shown long before is not taken for the news', () => {
  const seen = [shown('pg2', 500), shown('', 990), shown('pg1', 9010)]
  expect(delays(taken, seen, 0)[0]).toEqual({ holder: 'pg2', changedMs: null, drawnMs: null })
})

test('what is shown only after the next change was not shown', () => {
  expect(delays(taken, [shown('pg2', 9500)], 0)[0]!.changedMs).toBeNull()
})

test('a frame that is not drawn yet has no delay', () => {
  expect(delays(taken, [shown('pg2', 1020, null)], 0)[0]).toEqual({ holder: 'pg2', changedMs: 20, drawnMs: null })
})
