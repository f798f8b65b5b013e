import { join } from 'node:path'
import type { Page } from 'playwright/test'

/**
 * Pictures of the running app for the README and for looking at: only with DOJO_PICTURES=FOLDER, at the size and in the
 * scheme of the test. `afterMs`: there is more to see a moment later.
 */
export async function picture(page: Page, name: string, afterMs = 0): Promise<void> {
  const folder = process.env['DOJO_PICTURES']
  if (!folder) return
  await page.waitForTimeout(afterMs)
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

/** The same in a small window, which is as large as before afterwards. */
export async function smallPicture(page: Page, name: string): Promise<void> {
  const before = page.viewportSize()
  if (!process.env['DOJO_PICTURES'] || !before) return
  await page.setViewportSize({ width: 1100, height: 700 })
  await picture(page, name, 1_000)
  await page.setViewportSize(before)
}
