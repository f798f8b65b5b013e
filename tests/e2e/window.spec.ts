import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { violations } from './support/accessible.js'
import { expect, openHome, test } from './support/test.js'

const sizes = [
  { width: 1440, height: 900 },
  { width: 1100, height: 700 },
]
const schemes = ['dark', 'light'] as const

/** Nothing is wider than the window, and nothing is cut that a scroll bar does not reach. */
const overflows = (page: Page): Promise<boolean> =>
  page.evaluate(
    () =>
      document.documentElement.scrollWidth > window.innerWidth ||
      document.documentElement.scrollHeight > window.innerHeight,
  )

const scheme = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => document.documentElement.dataset['scheme'])

test.describe('without its token', () => {
  test('an address shows nothing, and says where the right one is', async ({ page, dojo }) => {
    const { origin } = new URL(dojo.url)
    await openHome(page, `${origin}/`)
    await expect(page.getByRole('heading', { name: 'This address lacks its access token' })).toBeVisible()
    await expect(page.getByText('npm start')).toBeVisible()
    expect(await violations(page)).toEqual([])
  })

  test('an old address says that the app was started again', async ({ page, dojo }) => {
    const { origin } = new URL(dojo.url)
    await openHome(page, `${origin}/#token=${'x'.repeat(32)}`)
    await expect(page.getByRole('heading', { name: 'The access token is not the right one' })).toBeVisible()
  })
})

test.describe('home', () => {
  for (const size of sizes) {
    for (const colorScheme of schemes) {
      test(`is accessible and fits at ${size.width}x${size.height}, ${colorScheme}`, async ({ page, dojo }) => {
        await page.setViewportSize(size)
        await page.emulateMedia({ colorScheme })
        await openHome(page, dojo.url)
        await expect(page.getByRole('button', { name: /^Fly your first failover/ })).toBeInViewport()
        expect(await scheme(page)).toBe(colorScheme)
        expect(await overflows(page)).toBe(false)
        expect(await violations(page)).toEqual([])
      })
    }
  }

  test('takes its token out of the address, and a reload still has it', async ({ page, dojo }) => {
    await openHome(page, dojo.url)
    expect(page.url()).not.toContain('token')
    await openHome(page, page.url())
    await expect(page.getByRole('heading', { name: 'Learning path' })).toBeVisible()
  })

  test('says what is planned and not there yet', async ({ page, dojo }) => {
    await openHome(page, dojo.url)
    const stop = page.getByRole('listitem').filter({ hasText: 'Zero-error switchover' })
    await expect(stop).toContainText('planned, not there yet')
    await expect(stop.getByRole('button')).toHaveCount(0)
  })

  test('opens help and the finder by keys, and Esc gives the focus back', async ({ page, dojo }) => {
    await openHome(page, dojo.url)
    await page.getByRole('button', { name: /^Find/ }).focus()
    await page.keyboard.press('F1')
    await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await expect(page.getByRole('button', { name: /^Find/ })).toBeFocused()
  })

  test('finds a command by name, and remembers the colours', async ({ page, dojo }) => {
    await openHome(page, dojo.url)
    await page.getByRole('button', { name: /^Help/ }).focus()
    await page.keyboard.press('Control+K')
    await page.getByRole('combobox', { name: 'Find a command' }).fill('colours light')
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog')).toHaveCount(0)
    expect(await scheme(page)).toBe('light')
    await openHome(page, page.url())
    expect(await scheme(page)).toBe('light')
  })

  test('is reached by Tab alone, each stop with a visible focus', async ({ page, dojo }) => {
    await openHome(page, dojo.url)
    await expect(page.getByRole('heading', { name: 'Learning path' })).toBeVisible()
    const names: string[] = []
    for (let press = 0; press < 20; press++) {
      await page.keyboard.press('Tab')
      const focused = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement
        const { outlineStyle, outlineWidth } = getComputedStyle(element)
        return {
          away: element === document.body,
          name: element.getAttribute('aria-label') ?? element.textContent ?? '',
          seen: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1,
        }
      })
      if (focused.away) break // past the last one, in the browser's own bar
      expect(focused.seen, `focus on "${focused.name}" can be seen`).toBe(true)
      names.push(focused.name)
    }
    expect(names.join('|')).toContain('Fly your first failover')
    expect(names.join('|')).toContain('Start pair-witness')
  })
})

test.describe('a lab', () => {
  test.describe.configure({ mode: 'serial', timeout: 240_000 })
  let lab = ''

  test.beforeAll(async ({ dojo }) => {
    test.setTimeout(180_000)
    lab = (JSON.parse(await dojo.cli('up', 'pair-witness', '--name', 'window', '--json')) as { lab: string }).lab
  })
  test.afterAll(async ({ dojo }) => {
    await dojo.cli('down', lab)
  })

  const openLab = async (page: Page, url: string): Promise<void> => {
    await openHome(page, url)
    await page.getByRole('button', { name: `Open lab ${lab}` }).click()
    await expect(page.getByRole('tab').first()).toBeVisible({ timeout: 30_000 })
    await expect(page.getByRole('region', { name: 'Timeline' })).toBeVisible()
  }

  for (const size of sizes) {
    for (const colorScheme of schemes) {
      test(`its workspace is accessible and fits at ${size.width}x${size.height}, ${colorScheme}`, async ({
        page,
        dojo,
      }) => {
        await page.setViewportSize(size)
        await page.emulateMedia({ colorScheme })
        await openLab(page, dojo.url)
        await expect(page.getByRole('region', { name: 'Topology' })).toContainText('pg1')
        expect(await overflows(page)).toBe(false)
        expect(await violations(page)).toEqual([])
      })
    }
  }

  test('F6 goes round the panels, and Alt 3 into the terminal', async ({ page, dojo }) => {
    await openLab(page, dojo.url)
    const where = () =>
      page.evaluate(() => document.activeElement?.closest<HTMLElement>('.panel[data-panel]')?.dataset['panel'])
    const seen: (string | undefined)[] = []
    for (let press = 0; press < 4; press++) {
      await page.keyboard.press('F6')
      seen.push(await where())
    }
    expect(seen).toEqual(['guide', 'topology', 'terminals', 'timeline'])
    await page.keyboard.press('Alt+3')
    expect(await where()).toBe('terminals')
  })

  test('a double click on a title fills the window, and puts it back', async ({ page, dojo }) => {
    await openLab(page, dojo.url)
    const panel = page.locator('[data-panel="timeline"]')
    const before = (await panel.boundingBox())!
    await panel.getByRole('heading', { name: 'Timeline' }).dblclick()
    await expect.poll(async () => (await panel.boundingBox())!.height).toBeGreaterThan(before.height * 2)
    await panel.getByRole('heading', { name: 'Timeline' }).dblclick()
    await expect.poll(async () => (await panel.boundingBox())!.height).toBe(before.height)
  })

  test('the sizes of its panels are remembered', async ({ page, dojo }) => {
    await openLab(page, dojo.url)
    const guide = page.locator('[data-panel="guide"]')
    const before = (await guide.boundingBox())!.width
    const gutter = page.getByRole('separator', { name: 'Width of the guide' })
    await gutter.focus()
    for (let press = 0; press < 2; press++) await page.keyboard.press('ArrowRight')
    const wider = await guide.evaluate((element) => element.getBoundingClientRect().width)
    expect(wider).toBeGreaterThan(before)
    await page.waitForTimeout(300) // the layout is written a moment after the last change
    await openHome(page, page.url())
    await expect.poll(async () => Math.round((await guide.boundingBox())!.width)).toBe(Math.round(wider))
  })

  test('its health is one page, and a value of its configuration is changed once it was confirmed', async ({
    page,
    dojo,
  }) => {
    await openLab(page, dojo.url)
    await page.keyboard.press('Alt+W')
    const health = page.getByRole('dialog', { name: 'Health' })
    await expect(health.getByText('Nothing is wrong')).toBeVisible({ timeout: 30_000 })
    await expect(health.getByRole('row', { name: /^pg2/ })).toContainText('ok')
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.keyboard.press('Alt+C')
    const config = page.getByRole('dialog', { name: 'Configuration' })
    await config.getByRole('button', { name: 'Change ttl' }).click()
    await config.getByRole('textbox', { name: 'New value of ttl' }).fill('10')
    await config.getByRole('button', { name: 'Review the change' }).press('Enter')
    expect(await violations(page)).toEqual([])
    await config.getByRole('button', { name: 'Change ttl', exact: true }).last().press('Enter')
    await expect(config.getByRole('status')).toContainText('Taken up by pg1, pg2', { timeout: 60_000 })
    await expect(config.locator('[data-key="ttl"]')).toContainText('Adjusted: Patroni takes nothing below 20 for ttl.')
  })

  test('it is taken home as files, and what stands in the way is said in the dialog', async ({ page, dojo }) => {
    const folder = mkdtempSync(join(tmpdir(), 'dojo-e2e-export-'))
    try {
      await openLab(page, dojo.url)
      await page.getByRole('button', { name: /^Help/ }).focus()
      await page.keyboard.press('Control+K')
      await page.getByRole('combobox', { name: 'Find a command' }).fill('export')
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog', { name: `Export lab ${lab}` })
      const where = dialog.getByRole('textbox', { name: 'Folder' })
      await expect(where).toHaveValue(`~/pg-ha-dojo/${lab}-compose`)
      await dialog.getByRole('radio', { name: /^Configuration files/ }).check()
      await expect(where).toHaveValue(`~/pg-ha-dojo/${lab}-config`)
      expect(await violations(page)).toEqual([])
      const write = async (to: string): Promise<void> => {
        await where.fill(to)
        await dialog.getByRole('button', { name: 'Write the files' }).press('Enter')
      }
      writeFileSync(join(folder, 'mine'), 'mine')
      for (const [to, said] of [
        ['my-lab', /"my-lab" does not say where the folder is.*Next: Give the whole path/s],
        [folder, /is not empty.*Why: it holds mine.*Next: Name another folder/s],
        [join(folder, 'mine', 'below'), /can't be written.*Why: a part of that path is a file/s],
      ] as const) {
        await write(to)
        await expect(dialog.getByRole('alert')).toHaveText(said)
      }
      const taken = join(folder, 'taken')
      await write(taken)
      await expect(dialog.getByRole('status')).toContainText('without a secret')
      const files = readdirSync(taken, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      await expect(dialog.getByRole('status')).toHaveText(`${files.length} files, without a secret, in ${taken}`)
      await expect(dialog.getByRole('region', { name: 'Next' })).toContainText(`cd ${taken} && less README.md`)
      await expect(
        dialog.getByRole('region', { name: 'Not carried over' }).getByRole('listitem').first(),
      ).toContainText('this makes a new cluster')
      await expect(dialog.getByRole('button', { name: 'Done' })).toBeFocused()
      expect(await violations(page)).toEqual([])
      expect(readFileSync(join(taken, 'pg1/etc/patroni/patroni.yml'), 'utf8')).toContain('@superuser_password@')
      expect(readdirSync(folder).toSorted()).toEqual(['mine', 'taken'])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('a fault is chosen by keyboard, named on its button, shown as active, and healed', async ({ page, dojo }) => {
    await openLab(page, dojo.url)
    await page.keyboard.press('Alt+F')
    const dialog = page.getByRole('dialog', { name: 'Inject a fault' })
    await expect(dialog).toBeVisible()
    expect(await violations(page)).toEqual([])
    const targets = dialog.getByRole('group', { name: 'Target' })
    await targets.getByRole('radio', { name: 'backup', exact: true }).check()
    await dialog.getByRole('button', { name: 'Crash backup' }).press('Enter')
    await expect(dialog).toHaveCount(0, { timeout: 60_000 })
    const faults = page.getByRole('button', { name: /1 fault active/ })
    await expect(faults).toBeVisible()
    await faults.press('Enter')
    await expect(page.getByText(/Proof: /)).toBeVisible()
    await page.getByRole('button', { name: 'Heal backup' }).press('Enter')
    await expect(page.getByRole('button', { name: 'Faults', exact: true })).toBeVisible({ timeout: 90_000 })
  })

  test('the app going away is said, and what stays on screen is called old', async ({ page, dojo }) => {
    await openLab(page, dojo.url)
    await dojo.killAndRestart()
    await expect(page.getByText('Not connected to pg-ha-dojo')).toBeVisible({ timeout: 20_000 })
    await expect(page.getByText(/What you see is the last that was known/)).toBeVisible()
  })
})
