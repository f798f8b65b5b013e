import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, expect, test } from 'playwright/test'

const root = resolve(import.meta.dirname, '..', '..')

/** Path of Electron's program, or why it can't run here. */
function program(): { path: string } | { why: string } {
  const folder = join(root, 'node_modules', 'electron')
  const name = existsSync(join(folder, 'path.txt')) ? readFileSync(join(folder, 'path.txt'), 'utf8') : null
  if (name === null || !existsSync(join(folder, 'dist', name)))
    return { why: "Electron's program was never fetched here" }
  if (!existsSync(join(root, 'out', 'main', 'electron.js'))) return { why: 'the app is not built: `npm run build`' }
  const { DISPLAY, WAYLAND_DISPLAY } = process.env
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return { why: 'there is no display here' }
  return { path: join(folder, 'dist', name) }
}

test('the desktop window opens the app, without Node in the page and without a TCP port', async () => {
  const found = program()
  test.skip('why' in found, 'why' in found ? found.why : '')
  if ('why' in found) return
  const home = await mkdtemp(join(tmpdir(), 'dojo-electron-'))
  const args = [root, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
  const app = await _electron.launch({
    executablePath: found.path,
    args,
    env: { ...process.env, DOJO_HOME: home } as Record<string, string>,
  })
  try {
    const page = await app.firstWindow()
    expect(page.url()).toMatch(/^app:\/\/dojo\//)
    // what it shows has come through the MessagePort
    await expect(page.getByText('Host crash', { exact: false }).first()).toBeVisible({ timeout: 30_000 })
    const reachable = await page.evaluate(() => ['require', 'process', 'module'].filter((name) => name in globalThis))
    expect(reachable).toEqual([])
    await page.evaluate(() => void window.open('https://example.org'))
    expect(app.windows()).toHaveLength(1)
  } finally {
    await app.close()
    await rm(home, { recursive: true, force: true })
  }
})
