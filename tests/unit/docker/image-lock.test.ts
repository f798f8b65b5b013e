import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { buildLock } from '../../../src-main/docker/image-lock.js'

test('one builder at a time; a builder that died holds nothing', () => {
  const lock = buildLock(`test/lock:${process.pid}`)
  expect(lock.holder()).toBeNull()
  expect(lock.take()).toBe(true)
  expect(lock.take()).toBe(false)
  expect(lock.holder()).toBe(process.pid)
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  writeFileSync(lock.file, String(pid))
  expect(lock.holder()).toBeNull()
  expect(lock.take()).toBe(true)
  lock.release()
  expect(lock.holder()).toBeNull()
})
