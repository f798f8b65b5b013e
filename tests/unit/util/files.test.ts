import { appendFile, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { readJsonIfAny, readTextIfAny, writeFileAtomic, writeJsonAtomic } from '../../../src-main/util/atomic-file.js'
import { openJsonLines } from '../../../src-main/util/json-lines.js'

let dir: string
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'dojo-files-'))))
afterEach(() => rm(dir, { recursive: true, force: true }))

test('writes a file as a whole, for its owner only, and leaves nothing beside it', async () => {
  const file = join(dir, 'deep', 'lab.json')
  await writeJsonAtomic(file, { lab: 'a' })
  await Promise.all(Array.from({ length: 20 }, (_, n) => writeFileAtomic(file, JSON.stringify({ lab: `a${n}` }))))
  expect(await readJsonIfAny(file, z.object({ lab: z.string() }))).toMatchObject({
    lab: expect.stringMatching(/^a\d+$/),
  })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readdir(join(dir, 'deep'))).toEqual(['lab.json'])
})

test('a missing file is null, a file that does not fit is an error', async () => {
  expect(await readTextIfAny(join(dir, 'absent'))).toBeNull()
  await writeFileAtomic(join(dir, 'x.json'), '{"lab":1}')
  await expect(readJsonIfAny(join(dir, 'x.json'), z.object({ lab: z.string() }))).rejects.toThrow('expected string')
})

test('JSON lines keep their order, and a torn last line is cut off', async () => {
  const path = join(dir, 'lines.jsonl')
  const first = await openJsonLines(path, () => undefined)
  await Promise.all(Array.from({ length: 500 }, (_, n) => first.append({ n })))
  await first.close()
  await appendFile(path, '{"n":500')

  const seen: unknown[] = []
  const second = await openJsonLines(path, (value) => seen.push(value))
  expect(second.torn).toBe(8)
  expect(seen).toEqual(Array.from({ length: 500 }, (_, n) => ({ n })))
  await second.append({ n: 500 }, { sync: true })
  await second.close()
  expect((await readFile(path, 'utf8')).trim().split('\n')).toHaveLength(501)
})

test('a file that is nothing but a torn line is empty', async () => {
  const path = join(dir, 'lines.jsonl')
  await appendFile(path, 'x'.repeat(200_000))
  const file = await openJsonLines(path, () => expect.unreachable())
  expect(file).toMatchObject({ torn: 200_000, unreadable: 0 })
  await file.close()
})

test('a damaged line in the middle is counted, and the rest is read', async () => {
  const path = join(dir, 'lines.jsonl')
  await appendFile(path, '{"n":1}\n{oops\n{"n":2}\n')
  const seen: unknown[] = []
  const file = await openJsonLines(path, (value) => seen.push(value))
  expect(file.unreadable).toBe(1)
  expect(seen).toEqual([{ n: 1 }, { n: 2 }])
  await file.close()
})
