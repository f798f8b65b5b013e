import { expect, type Locator, type Page } from 'playwright/test'

/** What a learner does in the guide, by what stands on the screen. */
export function guide(page: Page) {
  const panel = page.locator('[data-panel="guide"]')
  const question = (ask: RegExp): Locator => panel.getByRole('group', { name: ask })
  const verdict = (id: string): Locator => panel.locator(`[data-check="${id}"]`)
  return {
    panel,
    verdict,
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
      await question(ask).getByRole('radio', { name: choice }).check()
      await question(ask).getByRole('button', { name: 'Answer' }).click()
      await expect(question(ask)).toHaveCount(0)
    },
    change: (ask: RegExp) =>
      panel.getByRole('button', { name: new RegExp(`^Change your answer: .*${ask.source}`) }).click(),
    async says(id: string, word: 'pass' | 'fail' | 'waiting', timeout = 20_000): Promise<void> {
      await expect(verdict(id)).toHaveAttribute('data-verdict', word, { timeout })
    },
    async next(): Promise<void> {
      await panel.getByRole('button', { name: /Next step|Finish/ }).click({ timeout: 30_000 })
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
      await expect.poll(() => text(title), { timeout }).toMatch(/\$\s*$/)
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
