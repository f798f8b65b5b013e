import type { Page } from 'playwright'

/** The picture began to show another holder of the leader key. Times are of the page's clock. */
export interface HolderShown {
  /** Host whose box has the lease's ring; empty: none. */
  holder: string
  /** The document was changed. */
  changed: number
  /** The frame with the change was drawn; null: not yet. */
  drawn: number | null
}

type Watched = typeof globalThis & { holdersShown?: HolderShown[] }

/** Opens a lab in the page and begins to note who is shown as the holder of the leader key. */
export async function watchHolder(page: Page, url: string, lab: string): Promise<() => Promise<HolderShown[]>> {
  await page.goto(url)
  await page.getByRole('button', { name: new RegExp(`^Open lab ${lab}`) }).click({ timeout: 30_000 })
  await page.locator('[data-panel="topology"] [data-host] [data-lease]').waitFor({ timeout: 30_000 })
  await page.evaluate(noteChanges)
  return () => page.evaluate(() => (globalThis as Watched).holdersShown ?? [])
}

/** Runs in the page. A message posted from a frame's callback arrives when that frame has been drawn. */
function noteChanges(): void {
  const shown: HolderShown[] = []
  ;(globalThis as Watched).holdersShown = shown
  const now = (): number => performance.timeOrigin + performance.now()
  const look = (): void => {
    const ring = document.querySelector('[data-panel="topology"] [data-host] [data-lease]')
    const holder = ring?.closest('[data-host]')?.getAttribute('data-host') ?? ''
    if (holder === shown.at(-1)?.holder) return
    const one: HolderShown = { holder, changed: now(), drawn: null }
    shown.push(one)
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.addEventListener('message', () => (one.drawn = now()))
      port1.start()
      port2.postMessage(null)
    })
  }
  look()
  const everything = { subtree: true, childList: true, attributes: true }
  new MutationObserver(look).observe(document.body, everything)
}
