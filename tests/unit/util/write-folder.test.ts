import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeFolder } from '../../../src-main/util/write-folder.js'

let parent: string
beforeEach(async () => void (parent = await mkdtemp(join(tmpdir(), 'dojo-folder-'))))
afterEach(() => rm(parent, { recursive: true, force: true }))
const files = [
  { path: 'README.md', content: 'hello', mode: 0o644 },
  { path: 'bin/start', content: '#!/bin/sh\n', mode: 0o755 },
  { path: 'secrets/app', content: 'x', mode: 0o600 },
]

test('a folder of files is made, with their permissions, in one that is empty or not there', async () => {
  await mkdir(join(parent, 'empty'))
  for (const name of ['empty', 'a/new']) {
    const folder = join(parent, name)
    await writeFolder(folder, files)
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe('hello')
    expect((await stat(join(folder, 'bin/start'))).mode & 0o777).toBe(0o755)
    expect((await stat(join(folder, 'secrets/app'))).mode & 0o777).toBe(0o600)
  }
  expect((await readdir(parent)).toSorted()).toEqual(['a', 'empty'])
})

test('the folder behind a link is filled, and the link stays', async () => {
  await mkdir(join(parent, 'empty'))
  await symlink(join(parent, 'empty'), join(parent, 'link'))
  await writeFolder(join(parent, 'link'), files)
  expect(await readFile(join(parent, 'empty', 'README.md'), 'utf8')).toBe('hello')
  expect((await lstat(join(parent, 'link'))).isSymbolicLink()).toBe(true)
})

test('a folder that holds something is refused, and stays as it is', async () => {
  await writeFile(join(parent, 'mine'), 'mine')
  await expect(writeFolder(parent, files)).rejects.toMatchObject({
    code: 'folder-unfit',
    said: { what: `${parent} is not empty` },
  })
  expect(await readdir(parent)).toEqual(['mine'])
})

test('nothing is left of one that could not be written whole', async () => {
  const twice = [...files, files[0]!]
  await expect(writeFolder(join(parent, 'half'), twice)).rejects.toMatchObject({ code: 'folder-unfit' })
  expect(await readdir(parent)).toEqual([])
})

test('a path through a file is told as such', async () => {
  await writeFile(join(parent, 'file'), '')
  await expect(writeFolder(join(parent, 'file', 'below'), files)).rejects.toMatchObject({
    said: { why: 'a part of that path is a file' },
  })
})
