import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright/test'

/** Violations of WCAG A and AA, in these panels or everywhere, in words short enough for a failure's message. */
export async function violations(page: Page, panels: readonly string[] = []): Promise<string[]> {
  const builder = panels.reduce((sum, name) => sum.include(`[data-panel="${name}"]`), new AxeBuilder({ page }))
  const { violations: found } = await builder.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze()
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}
