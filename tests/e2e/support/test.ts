import { test as base, type Page } from 'playwright/test'
import { startDojo, type Dojo } from './dojo.js'

/**
 * `dojo` is one app per worker, with a data folder of its own. Whatever a test does or does not do, its labs are
 * removed when the worker ends.
 */
export const test = base.extend<Record<never, never>, { dojo: Dojo }>({
  dojo: [
    // playwright reads the first parameter's names: it has to be a pattern
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const dojo = await startDojo()
      try {
        await use(dojo)
      } finally {
        await dojo.close()
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})

export { expect } from 'playwright/test'

/** Opens an address. Docker's bridges come and go while labs do, and Chromium drops what it was loading then. */
export async function openHome(page: Page, url: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await page.goto(url)
      await page.getByRole('main').waitFor({ timeout: 10_000 })
      return
    } catch (error) {
      const networkChanged =
        String(error).includes('ERR_NETWORK_CHANGED') || (await page.getByRole('main').count()) === 0
      if (!networkChanged || attempt === 4) throw error
    }
  }
}
