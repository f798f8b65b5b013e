import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ensureElectron } from '../../../setup/lib/desktop.mjs'

const there = existsSync(join(import.meta.dirname, '../../../node_modules/electron/path.txt'))

describe.skipIf(there)("Electron's program, where its download does not work", () => {
  let folder: string
  let silent: Server
  const tools = { step: () => {}, line: () => {} }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dojo-desktop-'))
    silent = createServer(() => {}) // takes the connection and never says a word, as some firewalls do
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    vi.stubEnv('DOJO_HOME', folder)
    vi.stubEnv('electron_config_cache', join(folder, 'cache'))
    vi.stubEnv('ELECTRON_MIRROR', `http://127.0.0.1:${(silent.address() as { port: number }).port}/`)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    silent.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('a fetch that hangs is given up, remembered, and tried again when asked', async () => {
    const first = await ensureElectron(tools, { nothingForMs: 2_000 })
    expect(first.reason).toContain('nothing arrived for 2 s')
    const startedAt = performance.now()
    const second = await ensureElectron(tools, { nothingForMs: 2_000 })
    expect(second.reason).toContain('--desktop')
    expect(performance.now() - startedAt).toBeLessThan(500)
    const third = await ensureElectron(tools, { again: true, nothingForMs: 2_000 })
    expect(third.reason).toContain('nothing arrived')
  }, 30_000)
})
