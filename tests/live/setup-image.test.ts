import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { exportImage, importImage } from '../../src-main/docker/image-bundle.js'
import { hostImageTag } from '../../src-main/docker/image-status.js'

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dojo-bundle-'))
  await ensureHostImage()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a bundle that was written can be loaded, and is what this checkout needs', async () => {
  const file = join(folder, 'host.tar')
  const { bytes, tag } = await exportImage(file)
  expect(tag).toBe(hostImageTag())
  expect(bytes).toBeGreaterThan(100_000_000)
  expect(await importImage(file)).toEqual({ tags: [tag], needed: tag, current: true })
})

test('a bundle that can not be written leaves no half of it', async () => {
  const file = join(folder, 'absent', 'host.tar')
  await expect(exportImage(file)).rejects.toMatchObject({ code: 'usage' })
  expect(existsSync(`${file}.partial`)).toBe(false)
})

test('what is no bundle is refused with a reason, a missing file as wrong usage', async () => {
  const file = join(folder, 'words.tar')
  writeFileSync(file, 'words\n'.repeat(1000))
  await expect(importImage(file)).rejects.toMatchObject({ code: 'image-build-failed' })
  await expect(importImage(join(folder, 'nowhere.tar'))).rejects.toMatchObject({ code: 'usage' })
})
