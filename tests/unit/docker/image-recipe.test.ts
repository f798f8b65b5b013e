import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extract } from 'tar-stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readRecipe, recipeTag, recipeTar } from '../../../src-main/docker/image-recipe.js'

let folder: string
const write = (path: string, content: string) => writeFileSync(join(folder, path), content)
const tag = () => recipeTag(readRecipe(folder))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dojo-recipe-'))
  mkdirSync(join(folder, 'rootfs/etc'), { recursive: true })
  mkdirSync(join(folder, 'base'))
  write('Dockerfile', 'FROM scratch\n')
  write('rootfs/etc/run', '#!/bin/sh\n')
  write('rootfs/etc/text', 'text\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the tag is the product and twelve hexadecimal digits', () => {
  expect(tag()).toMatch(/^pg-ha-dojo\/host:[0-9a-f]{12}$/)
})

test('the same content has the same tag, whenever it was written', () => {
  const before = tag()
  utimesSync(join(folder, 'Dockerfile'), new Date(0), new Date(0))
  expect(tag()).toBe(before)
})

test.each([
  ['content', () => write('rootfs/etc/text', 'other\n')],
  ['a new file', () => write('rootfs/etc/more', '')],
  ['an executable bit', () => chmodSync(join(folder, 'rootfs/etc/text'), 0o755)],
])('%s makes another tag', (_, change) => {
  const before = tag()
  change()
  expect(tag()).not.toBe(before)
})

test('what does not go into the image does not change the tag', () => {
  const before = tag()
  write('README.md', 'words')
  write('base/make-base.sh', 'echo')
  expect(tag()).toBe(before)
})

test('scripts are executable in the image even when the checkout lost the bit', async () => {
  const modes = new Map<string, number | undefined>()
  const tar = extract()
  tar.on('entry', ({ name, mode }, stream, next) => {
    modes.set(name, mode)
    stream.on('end', next).resume()
  })
  await new Promise<void>((resolve, reject) =>
    recipeTar(readRecipe(folder)).pipe(tar).on('finish', resolve).on('error', reject),
  )
  expect(modes.get('rootfs/etc/run')).toBe(0o755)
  expect(modes.get('rootfs/etc/text')).toBe(0o644)
})
