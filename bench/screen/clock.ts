import type { Page } from 'playwright'
import { machineClock } from '../lab/watch-key.js'

/** How far a page's clock is ahead of this process's, in ms, give or take `u`. */
export async function clockAhead(page: Page): Promise<{ ms: number; u: number }> {
  let best = { ms: 0, u: Infinity }
  for (let round = 0; round < 30; round++) {
    const before = machineClock()
    const there = await page.evaluate(() => performance.timeOrigin + performance.now())
    const u = (machineClock() - before) / 2
    if (u < best.u) best = { ms: there - (before + u), u }
  }
  return best
}
