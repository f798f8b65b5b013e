import { violations } from './support/accessible.js'
import { startDojo, type Dojo } from './support/dojo.js'
import { expect, openHome, test } from './support/test.js'

const labsOf = async (dojo: Dojo): Promise<unknown[]> =>
  (JSON.parse(await dojo.cli('ls', '--json')) as { labs: unknown[] }).labs

test('a boot shows its phases, is cancelled by Esc, and leaves nothing', async ({ page, dojo }) => {
  await openHome(page, dojo.url)
  await page.getByRole('button', { name: 'Start pair-witness' }).click()
  await expect(page.getByRole('heading', { name: 'Booting the lab' })).toBeVisible()
  await expect(page.getByRole('complementary', { name: 'Progress' })).toContainText('First leader')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('heading', { name: 'Learning path' })).toBeVisible({ timeout: 60_000 })
  expect(await labsOf(dojo)).toEqual([])
})

test('a lab that never gets healthy says where and why, and is removed from there', async ({ page, dojo }) => {
  test.setTimeout(180_000)
  // a shared memory that no host has: initdb works, PostgreSQL does not start
  const set = ['--set', 'postgresql.shared_buffers=400GB', '--set', 'healthy.within=25']
  await expect(dojo.cli('up', 'pair-witness', '--name', 'hopeless', ...set)).rejects.toMatchObject({ code: 1 })
  await openHome(page, dojo.url)
  await page.getByRole('button', { name: 'Open lab hopeless' }).click()
  await expect(page.getByRole('heading', { name: 'The lab did not get healthy' })).toBeVisible()
  const said = page.getByRole('complementary', { name: 'Progress' })
  await expect(said).toContainText('phase "First leader" did not end')
  await expect(said).toContainText('patroni on pg1')
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: 'Remove the lab' }).press('Enter')
  await expect(page.getByRole('heading', { name: 'Learning path' })).toBeVisible({ timeout: 60_000 })
  expect(await labsOf(dojo)).toEqual([])
})

test('a room without an engine is told what is missing, and what to do', async ({ page }) => {
  const apart = await startDojo({ DOCKER_HOST: 'unix:///nowhere/docker.sock' })
  try {
    await openHome(page, apart.url)
    await expect(page.getByRole('heading', { name: 'A container engine is needed first' })).toBeVisible()
    await expect(page.getByRole('main')).toContainText('/nowhere/docker.sock')
    await expect(page.getByRole('button', { name: 'Start pair-witness' })).toBeDisabled()
    expect(await violations(page)).toEqual([])
  } finally {
    await apart.close()
  }
})
