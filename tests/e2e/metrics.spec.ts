import { violations } from './support/accessible.js'
import { expect, openHome, test } from './support/test.js'

const lab = 'measured'
const charts = [
  'Connections',
  'Transactions',
  'Replication lag',
  'WAL written',
  'etcd fsync',
  'etcd proposals',
  'Proxy sessions',
]

test.afterAll(async ({ dojo }) => {
  await dojo.cli('down', lab)
})

test('a lab with a Prometheus has its figures under the guide, as charts and as a table', async ({ page, dojo }) => {
  test.setTimeout(180_000)
  await dojo.cli('up', 'fleet', '--name', lab)
  await openHome(page, dojo.url)
  await page.getByRole('button', { name: `Open lab ${lab}` }).click()
  const panel = page.locator('.panel[data-panel="metrics"]')
  await expect(panel.locator('.panel-note')).toHaveText('by Prometheus on monitor', { timeout: 30_000 })
  for (const title of charts) await expect(panel.getByRole('figure').filter({ hasText: title })).toBeVisible()
  const connections = panel.getByRole('figure').filter({ hasText: 'Connections' })
  for (const host of ['pg1', 'pg2', 'pg3']) await expect(connections).toContainText(host, { timeout: 30_000 })
  await expect(connections.locator('line[data-tone="leader"]')).toHaveCount(1)
  expect(await violations(page, ['metrics'])).toEqual([])

  await panel.getByRole('button', { name: 'Table' }).click()
  const lag = panel.getByRole('row', { name: /^Replication lag pg2/ })
  await expect(lag).toContainText(/\d+ (B|kB)/, { timeout: 30_000 })
  await page.keyboard.press('Alt+5')
  await expect(panel.getByRole('region', { name: 'Metrics of Prometheus' })).toBeFocused()
  expect(await violations(page, ['metrics'])).toEqual([])
})
