import type { Page } from 'playwright/test'
import { picture } from './support/pictures.js'
import { violations } from './support/accessible.js'
import { expect, openHome, test } from './support/test.js'

/** The topology and the timeline over one real failover: what the pictures say is compared with what is the case. */
test.describe.configure({ mode: 'serial', timeout: 240_000 })

let lab = ''

test.beforeAll(async ({ dojo }) => {
  test.setTimeout(240_000)
  // an exercise, because its probe writes as a client would
  const started = JSON.parse(await dojo.cli('exercise', 'start', 'failover', '--json')) as {
    lab?: string
    attempt?: { lab: string }
  }
  lab = started.lab ?? started.attempt!.lab
})
test.afterAll(async ({ dojo }) => {
  await dojo.cli('down', lab)
})

const topology = (page: Page) => page.locator('[data-panel="topology"]')
const timeline = (page: Page) => page.locator('[data-panel="timeline"]')
const host = (page: Page, name: string) => topology(page).locator(`[data-host="${name}"]`)
const slider = (page: Page) => timeline(page).getByRole('slider')

async function openLab(page: Page, url: string): Promise<void> {
  await openHome(page, url)
  await page
    .getByRole('button', { name: new RegExp(`^(Open lab ${lab}|Continue)`) })
    .first()
    .click()
  await expect(host(page, 'pg1')).toBeVisible({ timeout: 30_000 })
  await expect(slider(page)).toBeVisible()
}

test('a healthy cluster: one leader with its lease, a standby that streams, three votes, writes that flow', async ({
  page,
  dojo,
}) => {
  await openLab(page, dojo.url)
  const leader = topology(page).locator('[data-host][data-role="leader"]')
  await expect(leader).toHaveCount(1)
  await expect(topology(page).locator('[data-host][data-role="sync"]')).toHaveCount(1)
  await expect(topology(page).locator('[data-quorum="3 of 3"]')).toBeVisible()
  await expect(topology(page).locator('[data-link="stream"]')).toHaveAttribute('data-state', 'flows')
  await expect(topology(page).locator('[data-link="client"]')).toHaveAttribute('data-state', 'flows', {
    timeout: 30_000,
  })
  // the ring runs down and is renewed: it is never still, and never empty
  const ring = leader.locator('[data-lease]')
  const seconds = new Set<string>()
  await expect
    .poll(async () => seconds.add((await ring.getAttribute('data-lease'))!).size, { timeout: 15_000 })
    .toBeGreaterThan(1)
  for (const each of seconds) expect(Number(each)).toBeGreaterThan(5)
  expect(await violations(page, ['topology', 'timeline'])).toEqual([])
})

test('everything in the topology can be read as a table, and its hosts reached by keyboard', async ({ page, dojo }) => {
  await openLab(page, dojo.url)
  await page.keyboard.press('Alt+2')
  const first = await page.evaluate(() => document.activeElement?.getAttribute('data-host'))
  await page.keyboard.press('ArrowRight')
  const second = await page.evaluate(() => document.activeElement?.getAttribute('data-host'))
  expect([first, second].every(Boolean) && first !== second).toBe(true)
  await page.keyboard.press('Enter')
  const menu = page.getByRole('menu', { name: second! })
  await expect(menu.getByRole('menuitem', { name: `Open a terminal on ${second}` })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(menu).toHaveCount(0)
  expect(await page.evaluate(() => document.activeElement?.getAttribute('data-host'))).toBe(second)
  // a link is reached as well, and explains itself there as it does under the pointer
  await page.keyboard.press('ArrowDown')
  await expect(topology(page).locator('.pic-tip')).toHaveText(
    (await page.evaluate(() => document.activeElement?.getAttribute('aria-label')))!,
  )
  await topology(page).getByRole('button', { name: 'Table' }).click()
  const rows = topology(page).getByRole('row')
  await expect(rows.filter({ hasText: 'etcd quorum' })).toContainText('3 of 3')
  await expect(rows.filter({ hasText: /^pg1leader/ })).toContainText('holds the leader key')
  expect(await violations(page, ['topology', 'timeline'])).toEqual([])
})

test('a crash is seen as it happens, and looked at again afterwards', async ({ page, dojo }) => {
  await openLab(page, dojo.url)
  const old = (await topology(page).locator('[data-role="leader"]').getAttribute('data-host'))!
  const other = old === 'pg1' ? 'pg2' : 'pg1'

  await host(page, old).click({ button: 'right' })
  await page.getByRole('menuitem', { name: `Crash ${old}` }).click()
  await expect(host(page, old)).toHaveAttribute('data-role', 'down', { timeout: 15_000 })
  await expect(host(page, old)).toContainText('crashed by you')
  // nobody released the key: it stays with the dead host, and runs down there
  await expect(host(page, old).locator('[data-lease]')).toBeVisible()
  await expect(topology(page).locator('[data-quorum="2 of 3"]')).toBeVisible({ timeout: 15_000 })
  await expect(topology(page).locator('[data-link="stream"]')).toHaveAttribute('data-state', 'cut')
  await expect(topology(page).locator('[data-client]')).toContainText('no writes', { timeout: 15_000 })
  await expect(timeline(page).locator('[data-outage="lasts"]')).toBeVisible({ timeout: 15_000 })
  await expect(timeline(page)).toContainText('nobody renews it', { timeout: 30_000 })
  await picture(page, 'outage')

  await expect(host(page, other)).toHaveAttribute('data-role', 'leader', { timeout: 60_000 })
  await expect(host(page, other)).toContainText('timeline 2', { timeout: 15_000 })
  await expect(timeline(page).locator('[data-outage="ended"]').last()).toBeVisible({ timeout: 30_000 })
  await expect(timeline(page).locator('[data-mark="promoted"]')).toBeVisible()
  await expect(timeline(page).getByText(`crash ${old}`)).toBeVisible()
  await picture(page, 'failover', 3_000)

  // a click in the hole: the topology shows that moment, and says so
  const hole = (await timeline(page).locator('[data-outage="ended"]').last().boundingBox())!
  await page.mouse.click(hole.x + hole.width / 2, hole.y - 60)
  await expect(topology(page)).toContainText(/as it was at .* after crash/)
  await expect(host(page, old)).toHaveAttribute('data-role', 'down')
  await expect(host(page, old).locator('[data-lease]')).toBeVisible()
  await expect(host(page, other)).not.toHaveAttribute('data-role', 'leader')
  expect(await slider(page).getAttribute('aria-valuetext')).toMatch(/no write acknowledged for \d+\.\d s/)
  await picture(page, 'moment')
  expect(await violations(page, ['topology', 'timeline'])).toEqual([])
  await topology(page).getByRole('button', { name: 'Back to now' }).click()
  await expect(host(page, other)).toHaveAttribute('data-role', 'leader')
})

test('the timeline is read with keys alone, and as a list', async ({ page, dojo }) => {
  await openLab(page, dojo.url)
  await page.keyboard.press('Alt+4')
  await expect(slider(page)).toBeFocused()
  const value = async () => Number(await slider(page).getAttribute('aria-valuenow'))
  await page.keyboard.press('Control+ArrowLeft') // the mark before now
  const marked = await value()
  await page.keyboard.press('ArrowLeft')
  expect(await value()).toBeLessThan(marked)
  await expect(timeline(page).getByRole('button', { name: 'live' })).toHaveAttribute('aria-pressed', 'false')
  await page.keyboard.press('Home')
  await expect(topology(page)).toContainText('as it was at')
  await page.keyboard.press('l')
  await expect(timeline(page).getByRole('button', { name: 'live' })).toHaveAttribute('aria-pressed', 'true')
  await expect(topology(page)).toContainText('report it')
  await timeline(page).getByRole('radio', { name: 'All' }).click()
  await timeline(page).getByRole('radio', { name: 'List' }).click()
  const row = timeline(page).getByRole('row').filter({ hasText: 'lease expired' }).first()
  await row.getByRole('button').click()
  await expect(row).toHaveAttribute('aria-current', 'true')
  await expect(topology(page)).toContainText(/as it was at/)
  expect(await violations(page, ['topology', 'timeline'])).toEqual([])
  await timeline(page).getByRole('radio', { name: 'Story' }).click()
  await expect(
    timeline(page)
      .getByRole('article')
      .filter({ hasText: /^Crash/ }),
  ).toContainText('until the lease ran out')
  expect(await violations(page, ['topology', 'timeline'])).toEqual([])
  await timeline(page).getByRole('radio', { name: 'Charts' }).click()
  await expect(timeline(page).locator('[data-chart]')).toHaveCount(4)
  await expect(timeline(page).locator('.tl-chart canvas')).toHaveCount(4)
  expect(await violations(page, ['topology', 'timeline'])).toEqual([])
})

test('who asks for less motion gets none', async ({ page, dojo }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await openLab(page, dojo.url)
  const moving = topology(page).locator('.topo-writes').first()
  await expect(moving).toBeAttached({ timeout: 30_000 }) // a level line has no height, so it never counts as visible
  expect(await moving.evaluate((element) => getComputedStyle(element).animationName)).toBe('none')
})

test('the host that comes back follows the new leader', async ({ page, dojo }) => {
  await openLab(page, dojo.url)
  const down = (await topology(page).locator('[data-role="down"]').getAttribute('data-host'))!
  await host(page, down).click({ button: 'right' })
  await page.getByRole('menuitem', { name: `Start ${down}` }).click()
  await expect(host(page, down)).toHaveAttribute('data-role', 'sync', { timeout: 90_000 })
  await expect(topology(page).locator('[data-link="stream"]')).toHaveAttribute('data-state', 'flows', {
    timeout: 15_000,
  })
  await expect(topology(page).locator('[data-quorum="3 of 3"]')).toBeVisible()
  await picture(page, 'rejoined')
})
