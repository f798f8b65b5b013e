import { createHash } from 'node:crypto'
import { AxeBuilder } from '@axe-core/playwright'
import type { BrowserContext, Locator, Page } from 'playwright/test'
import { expect, openHome, test } from './support/test.js'

const lab = 'terminals'
/** A shell opens in a tenth of a second; a machine that also compiles and boots labs may need this. */
const patienceMs = 60_000
test.describe.configure({ timeout: 300_000 })

test.beforeAll(async ({ dojo }) => {
  test.setTimeout(180_000)
  await dojo.cli('up', 'pair-witness', '--name', lab)
})

/** The workspace of the lab, with terminals that can be read as a screen reader reads them. */
async function atWork(page: Page, url: string): Promise<void> {
  await page.addInitScript(() => localStorage.setItem('dojo.terminals.read-aloud', 'on'))
  await openHome(page, url)
  await page.evaluate((name) => (location.hash = `#/lab/${name}`), lab)
  await ready(page, 'pg1')
}

const pane = (page: Page, title: string): Locator => page.locator(`[data-terminal="${title}"]`)
const tab = (page: Page, title: string): Locator => page.getByRole('tab', { name: new RegExp(`^${title}\\b`) })
const panes = (page: Page): Locator => page.locator('[data-terminal]')

async function text(page: Page, title: string): Promise<string> {
  return (await pane(page, title).locator('.xterm-accessibility-tree').innerText()).replaceAll('\u00a0', ' ')
}

async function ready(page: Page, title: string): Promise<void> {
  await expect(pane(page, title)).toHaveAttribute('data-state', 'open', { timeout: patienceMs })
  await expect.poll(() => text(page, title), { timeout: patienceMs }).toMatch(/[$#>]\s*$/)
}

/** Types into a terminal that is in view, and waits for its answer. */
async function type(page: Page, title: string, command: string, answer: RegExp): Promise<RegExpMatchArray> {
  await pane(page, title).locator('.xterm').click()
  await page.keyboard.type(command)
  await page.keyboard.press('Enter')
  let seen = ''
  await expect
    .poll(async () => (seen = await text(page, title)), { timeout: patienceMs, message: command })
    .toMatch(answer)
  return seen.match(answer)!
}

test('what is typed runs on the host; the window’s size is the terminal’s', async ({ page, dojo }) => {
  await atWork(page, dojo.url)
  await type(page, 'pg1', 'echo "$(id -un) on $(hostname): $((40 + 2))"', /postgres on pg1: 42/)
  const [, before] = await type(page, 'pg1', 'size=$(stty size); echo "[$size]"', /\[\d+ (\d+)\]/)
  await page.setViewportSize({ width: 1100, height: 700 })
  const [, after] = await type(
    page,
    'pg1',
    'while [ "$(stty size)" = "$size" ]; do sleep 0.1; done; echo "<$(stty size)>"',
    /<\d+ (\d+)>/,
  )
  expect(after).not.toBe(before)
})

test('a selection is copied, and pasted into another terminal', async ({ page, dojo, context }) => {
  await allowClipboard(context, dojo.url)
  await atWork(page, dojo.url)
  await type(page, 'pg1', 'clear; echo copied-$((40 + 2))', /copied-42/)
  // the second row: the output under the command
  const screen = pane(page, 'pg1').locator('.xterm-screen')
  await screen.dblclick({ position: { x: 20, y: 9 } })
  await page.keyboard.press('Control+Shift+C')
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('copied-42')
  await tab(page, 'pg2').click()
  await ready(page, 'pg2')
  await page.keyboard.type('echo pasted: ')
  await page.keyboard.press('Control+Shift+V')
  await page.keyboard.press('Enter')
  await expect.poll(() => text(page, 'pg2'), { timeout: patienceMs }).toMatch(/\npasted: copied-42/)
})

test('search counts the hits and goes through them; Esc gives the keyboard back', async ({ page, dojo }) => {
  await atWork(page, dojo.url)
  await type(page, 'pg1', 'clear; seq -f "needle %g" 1 300', /needle 300/)
  await page.keyboard.press('Control+Shift+F')
  await page.keyboard.type('needle 1')
  const bar = page.getByRole('search', { name: 'Search in the terminal' })
  await expect(bar).toContainText(/\d+ of 11[12]/) // 1, 10 to 19, 100 to 199, and the command itself
  const before = await bar.innerText()
  await page.keyboard.press('Enter')
  await expect.poll(() => bar.innerText()).not.toBe(before)
  await page.keyboard.press('Escape')
  await expect(bar).toHaveCount(0)
  await page.keyboard.type('echo back-$((40 + 2))\n')
  await expect.poll(() => text(page, 'pg1'), { timeout: patienceMs }).toContain('back-42')
})

test('two side by side; a reload comes back to the same shells, with their output', async ({ page, dojo }) => {
  await atWork(page, dojo.url)
  if ((await panes(page).count()) === 2) await page.getByRole('button', { name: 'One terminal' }).click()
  await expect(panes(page)).toHaveCount(1)
  await tab(page, 'pg1').click()
  await type(page, 'pg1', 'clear; kept=$((40 + 2)); echo "first $kept"', /first 42/)
  await page.getByRole('button', { name: 'Two terminals side by side' }).click()
  await expect(panes(page)).toHaveCount(2)
  await tab(page, 'witness').click()
  await ready(page, 'witness')
  await page.reload()
  await ready(page, 'pg1')
  await ready(page, 'witness')
  await expect(panes(page)).toHaveCount(2)
  expect(await text(page, 'pg1')).toContain('first 42')
  await type(page, 'pg1', 'echo "second $kept"', /second 42/)
})

test('psql takes the client’s route', async ({ page, dojo }) => {
  await atWork(page, dojo.url)
  await tab(page, 'psql').click()
  await ready(page, 'psql')
  await type(page, 'psql', 'select pg_is_in_recovery(), 40 + 2 as answer;', /\bf\s+\|\s+42/)
})

test('a flood can be interrupted, and leaves a terminal that answers', async ({ page, dojo }) => {
  await atWork(page, dojo.url)
  await type(page, 'pg1', 'clear; yes "a line of a flood that would go on for ever"', /a flood that would/)
  await page.waitForTimeout(2_000)
  await page.keyboard.press('Control+C')
  // what is on its way is still drawn: half a megabyte, slowly with screen reader support on
  await expect.poll(() => text(page, 'pg1'), { timeout: patienceMs }).toMatch(/\$\s*$/)
  await type(page, 'pg1', 'echo alive-$((40 + 2))', /alive-42/)
})

test('a paste of 5 MB arrives whole', async ({ page, dojo, context }) => {
  await allowClipboard(context, dojo.url)
  await atWork(page, dojo.url)
  const line = `${'0123456789'.repeat(9)}\n`
  const lines = Math.ceil(5_000_000 / line.length)
  await page.evaluate(([part, times]) => navigator.clipboard.writeText(String(part).repeat(Number(times))), [
    line,
    lines,
  ] as const)
  const take = 'clear; stty -echo; echo taking-$((40 + 2)); cat > /tmp/pasted; stty echo; md5sum < /tmp/pasted'
  await type(page, 'pg1', take, /taking-42/)
  await page.keyboard.press('Control+Shift+V')
  await page.keyboard.press('Control+D')
  const sum = createHash('md5').update(line.repeat(lines)).digest('hex')
  await expect.poll(() => text(page, 'pg1'), { timeout: patienceMs }).toContain(sum)
})

test('a crashed host is said on its tab, and its terminal comes back with it', async ({ page, dojo }) => {
  await atWork(page, dojo.url)
  await tab(page, 'witness').click()
  await ready(page, 'witness')
  await type(page, 'witness', 'clear; echo before-$((40 + 2))', /before-42/)
  await dojo.cli('fault', lab, 'crash', 'witness')
  await expect(tab(page, 'witness')).toContainText('down')
  await expect(pane(page, 'witness')).toHaveAttribute('data-state', 'host-down')
  await expect
    .poll(() => text(page, 'witness'))
    .toContain('[witness crashed: this terminal reconnects when it is back]')
  await dojo.cli('heal', lab, '--all')
  await ready(page, 'witness')
  expect(await text(page, 'witness')).toContain('before-42')
  await type(page, 'witness', 'echo after-$((40 + 2))', /after-42/)
})

test('everything by keyboard: to the terminals, along the tabs, open, search, close', async ({ page, dojo }) => {
  await atWork(page, dojo.url)
  const before = await page.getByRole('tab').count()
  await page.keyboard.press('Alt+3')
  await expect(page.locator('.xterm-helper-textarea:focus')).toHaveCount(1)
  await page.keyboard.press('Control+Shift+Enter')
  await expect(page.getByRole('tab')).toHaveCount(before + 1)
  await expect(page.locator('.xterm-helper-textarea:focus')).toHaveCount(1)
  const opened = await page.locator('.term-tab[data-present="true"]').innerText()
  expect(opened).toMatch(/ 2$/)
  await page.keyboard.press('Control+Shift+ArrowRight')
  await expect(page.locator('.term-tab[data-present="true"]')).not.toHaveText(opened)
  await page.keyboard.press('Control+Shift+ArrowLeft')
  await expect(page.locator('.term-tab[data-present="true"]')).toHaveText(opened)
  await page.keyboard.press('Control+Shift+Delete')
  await expect(page.getByRole('tab')).toHaveCount(before)
  await page.keyboard.press('F6')
  await expect(page.locator('.xterm-helper-textarea:focus')).toHaveCount(0)
})

test('the colours follow the scheme, at once', async ({ page, dojo }) => {
  await atWork(page, dojo.url)
  const ground = () =>
    pane(page, 'pg1')
      .locator('.xterm-scrollable-element')
      .evaluate((it) => getComputedStyle(it).backgroundColor)
  const dark = await ground()
  await page.keyboard.press('Control+Shift+K')
  await page.getByRole('combobox', { name: 'Find a command' }).fill('Colours: light')
  await page.keyboard.press('Enter')
  await expect.poll(ground).not.toBe(dark)
  await expect.poll(ground).toBe('rgb(255, 255, 255)')
})

test('a small window shows one of two terminals, and both again when it is large', async ({ page, dojo }) => {
  await atWork(page, dojo.url)
  await expect(panes(page)).toHaveCount(2)
  await page.setViewportSize({ width: 1100, height: 700 })
  await expect(panes(page)).toHaveCount(1)
  await page.getByRole('button', { name: 'Two terminals side by side' }).click()
  await expect(panes(page)).toHaveCount(2)
  await page.getByRole('button', { name: 'One terminal' }).click()
  await expect(panes(page)).toHaveCount(1)
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.getByRole('button', { name: 'Two terminals side by side' }).click()
  await expect(panes(page)).toHaveCount(2)
})

for (const scheme of ['dark', 'light'] as const) {
  test(`the terminals have no accessibility violation, ${scheme}`, async ({ page, dojo }) => {
    await page.emulateMedia({ colorScheme: scheme })
    await atWork(page, dojo.url)
    await page.keyboard.press('Alt+3')
    await page.keyboard.press('Control+Shift+F')
    await expect(page.getByRole('search')).toBeVisible()
    const { violations } = await new AxeBuilder({ page })
      .include('[data-panel="terminals"]')
      .exclude('.xterm')
      .analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  })
}

const allowClipboard = (context: BrowserContext, url: string): Promise<void> =>
  context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(url).origin })
