import { expect, type Locator, type Page } from 'playwright/test'

/** What a learner does in the guide, by what stands on the screen. */
export function guide(page: Page) {
  const panel = page.locator('[data-panel="guide"]')
  const question = (ask: RegExp): Locator => panel.getByRole('group', { name: ask })
  const verdict = (id: string): Locator => panel.locator(`[data-check="${id}"]`)
  const diagnosis = panel.getByRole('status', { name: 'Diagnosis' })
  const readout = (label: string): Locator => panel.locator('.readouts div', { hasText: label }).locator('dd')
  return {
    panel,
    verdict,
    readout,
    /** The named mistake that is on screen. */
    async diagnosed(title: string, timeout = 30_000): Promise<void> {
      await expect(diagnosis.getByRole('heading', { name: title, exact: true })).toBeVisible({ timeout })
    },
    /** A figure of the step as it is now; counts may have separators. */
    async figure(label: string, timeout = 30_000): Promise<number> {
      await expect(readout(label)).toHaveText(/^\d/, { timeout })
      return Number.parseFloat((await readout(label).innerText()).replaceAll(/[,\u202f ]/g, ''))
    },
    /** Presses a button of the step that breaks or repairs something, and waits until its effect is proven. */
    async press(label: string, timeout = 60_000): Promise<void> {
      const button = panel.getByRole('button', { name: label, exact: true })
      await button.click()
      // a step that is done offers it no more
      await expect(button.and(page.locator('[aria-busy="true"]'))).toHaveCount(0, { timeout })
    },
    /** Gives up on the step as it is: the lab is brought back, and the step begins anew. */
    async reset(timeout = 180_000): Promise<void> {
      await diagnosis.getByRole('button', { name: 'Reset the step' }).click()
      await expect(diagnosis).toHaveCount(0, { timeout })
      await expect(panel.getByText('This step can not begin yet')).toHaveCount(0, { timeout })
      await expect(panel.getByRole('group').first()).toBeVisible({ timeout })
    },
    step: (title: string | RegExp) =>
      expect(panel.getByRole('heading', { name: title, level: 3 })).toBeVisible({ timeout: 20_000 }),
    async answer(ask: RegExp, value: string): Promise<void> {
      await question(ask).getByRole('textbox').fill(value)
      await question(ask)
        .getByRole('button', { name: /Answer|Record my prediction/ })
        .click()
      await expect(question(ask)).toHaveCount(0)
    },
    async choose(ask: RegExp, choice: RegExp): Promise<void> {
      // a busy browser has been seen to answer such a press never: it is tried again
      const radio = question(ask).getByRole('radio', { name: choice })
      await expect(() => radio.check({ timeout: 10_000 })).toPass({ timeout: 60_000 })
      await question(ask)
        .getByRole('button', { name: /Answer|Record my prediction/ })
        .click()
      await expect(question(ask)).toHaveCount(0)
    },
    async change(ask: RegExp): Promise<void> {
      const button = panel.getByRole('button', { name: new RegExp(`^Change your answer: .*${ask.source}`) })
      // the guide scrolls to a diagnosis when it comes: a press in that moment may meet something else
      await expect(async () => {
        if ((await question(ask).count()) === 0) await button.click({ timeout: 5_000 })
        await expect(question(ask)).toHaveCount(1, { timeout: 2_000 })
      }).toPass({ timeout: 45_000 })
    },
    async says(id: string, word: 'pass' | 'fail' | 'waiting', timeout = 20_000): Promise<void> {
      await expect(verdict(id)).toHaveAttribute('data-verdict', word, { timeout })
    },
    async next(): Promise<void> {
      await panel.getByRole('button', { name: /Next step|Finish/ }).click({ timeout: 30_000 })
    },
  }
}

/** From the home screen into an exercise whose lab boots, until its first step is there. */
export async function startExercise(page: Page, title: string, firstStep: string): Promise<string> {
  const path = page.getByRole('region', { name: 'Learning path' })
  await path.getByRole('button', { name: new RegExp(`\\b${title}\\b`) }).click()
  await page.getByRole('button', { name: new RegExp(`^Start ${title}, \\d+ min`) }).click()
  await expect(page.getByRole('heading', { name: 'Booting the lab' })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByRole('heading', { name: firstStep, level: 3 })).toBeVisible({ timeout: 180_000 })
  return /#\/lab\/([a-z0-9-]+)$/.exec(page.url())![1]!
}

/** Heals whatever is active, with the menu in the top bar. */
export async function healAll(page: Page): Promise<void> {
  const menu = page.getByRole('button', { name: /\d+ faults? active/ })
  await menu.click()
  const sheet = page.locator('.faults-sheet')
  const several = /^[2-9]/.test((await menu.innerText()).trim())
  await sheet.getByRole('button', { name: several ? 'Heal all' : /^Heal / }).click()
  await expect(sheet).toContainText('No fault is active', { timeout: 90_000 })
  await page.keyboard.press('Escape')
  await expect(sheet).toHaveCount(0)
}

/** Removes the lab from its own screen, back to a home that has none. */
export async function removeLab(page: Page, lab: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^Lab ${lab}`) }).click()
  await page.getByRole('button', { name: `Remove lab ${lab}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove lab' }).click()
  await expect(page.getByRole('heading', { name: 'No lab is running' })).toBeVisible({ timeout: 90_000 })
}

/** What the pictures show, and the incident's story under them. */
export function pictures(page: Page) {
  const topology = page.locator('[data-panel="topology"]')
  const timeline = page.locator('[data-panel="timeline"]')
  return {
    topology,
    timeline,
    host: (name: string): Locator => topology.locator(`[data-host="${name}"]`),
    fork: topology.locator('[data-fork]'),
    /** The newest incident that tells this, as a story; the lanes are back afterwards. */
    async story(tells: string | RegExp, read: (incident: Locator) => Promise<void>): Promise<void> {
      await timeline.getByRole('radio', { name: 'Story' }).click()
      await read(timeline.getByRole('article').filter({ hasText: tells }).first())
      await timeline.getByRole('radio', { name: 'Lanes' }).click()
    },
  }
}

/** Terminals, read and typed into as a person would; their text comes from xterm's screen reader support. */
export function terminals(page: Page) {
  const pane = (title: string): Locator => page.locator(`[data-terminal="${title}"]`)
  const text = (title: string): Promise<string> => pane(title).locator('.xterm-accessibility-tree').innerText()
  return {
    async readable(): Promise<void> {
      await page.keyboard.press('Control+Shift+K')
      await page.getByRole('combobox', { name: 'Find a command' }).fill('screen reader')
      await page.keyboard.press('Enter')
    },
    /** Shows a host's terminal, types a command into it, and waits for what it prints. */
    async type(title: string, command: string, prints: RegExp, timeout = 20_000): Promise<RegExpMatchArray> {
      await page.getByRole('tab', { name: new RegExp(`^${title}\\b`) }).click()
      await expect(pane(title)).toHaveAttribute('data-state', 'open', { timeout })
      await pane(title).locator('.xterm').click()
      await expect.poll(() => text(title), { timeout }).toMatch(/[$#>]\s*$/)
      await page.keyboard.press('Control+L') // what was printed before must not be taken for the answer
      await expect.poll(async () => (await text(title)).trim().split('\n').length, { timeout }).toBeLessThan(3)
      await page.keyboard.type(command)
      await page.keyboard.press('Enter')
      let seen = ''
      await expect
        .poll(async () => (seen = (await text(title)).replaceAll('\u00a0', ' ')), {
          timeout,
          message: `${command} on ${title}`,
        })
        .toMatch(prints)
      return seen.match(prints)!
    },
    text,
  }
}
