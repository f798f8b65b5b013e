import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { holderOf, lockLab } from '../../../src-main/lab/lock.js'

let dir: string
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'dojo-lock-'))))
afterEach(() => rm(dir, { recursive: true, force: true }))

test('of two that want it, one gets it and the other hears who has it', async () => {
  const tried = await Promise.allSettled([lockLab(dir, 'a', 'booted'), lockLab(dir, 'a', 'removed')])
  expect(tried.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const refused = tried.find(({ status }) => status === 'rejected') as PromiseRejectedResult
  expect(refused.reason).toMatchObject({ code: 'lab-busy' })
})

test('is free again once released', async () => {
  await (await lockLab(dir, 'a', 'booted')).release()
  expect(await holderOf(dir)).toBeNull()
  await lockLab(dir, 'a', 'removed')
})

test('a process that was killed holds nothing', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
  await writeFile(join(dir, 'lock'), JSON.stringify({ pid: child.pid, began: 'unknown', doing: 'booted' }))
  child.kill('SIGKILL')
  await new Promise((done) => child.on('exit', done))
  await expect(lockLab(dir, 'a', 'removed')).resolves.toHaveProperty('release')
})

test('a process that only has the number of the one before holds nothing', async () => {
  await writeFile(join(dir, 'lock'), JSON.stringify({ pid: process.pid, began: '1', doing: 'booted' }))
  expect(await holderOf(dir)).toBeNull()
})

test('a lock file that was half written holds nothing', async () => {
  await writeFile(join(dir, 'lock'), '{"pid":')
  await expect(lockLab(dir, 'a', 'booted')).resolves.toHaveProperty('release')
})
