import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { missingOptional, placeOf } from '../../../setup/complete-lock.mjs'
import { isInSync } from '../../../setup/lib/dependencies.mjs'

const lockText = readFileSync(join(import.meta.dirname, '../../../package-lock.json'), 'utf8')

test('the lockfile holds every optional package, or `npm ci` refuses it; node setup/complete-lock.mjs repairs it', () => {
  const missing: Map<string, unknown> = missingOptional(JSON.parse(lockText).packages)
  expect([...missing.keys()]).toEqual([])
})

test('the lockfile names no registry', () => {
  expect(lockText).not.toMatch(/"resolved"/)
})

test("a package's name says where it runs", () => {
  expect(placeOf('@oxlint/binding-linux-x64-musl')).toEqual({ os: ['linux'], cpu: ['x64'], libc: ['musl'] })
  expect(placeOf('@oxlint/binding-darwin-arm64')).toEqual({ os: ['darwin'], cpu: ['arm64'] })
  expect(placeOf('@oxlint/binding-win32-ia32-msvc')).toEqual({ os: ['win32'], cpu: ['ia32'] })
  expect(placeOf('left-pad')).toBeUndefined()
})

const packages = (entries: Record<string, object>) => JSON.stringify({ packages: { '': {}, ...entries } })

test('what npm noted down must match the lockfile, but for optional packages', () => {
  const lock = packages({
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  })
  expect(isInSync(lock, packages({ 'node_modules/a': { version: '1.0.0' } }))).toBe(true)
  expect(isInSync(lock, packages({ 'node_modules/a': { version: '1.0.1' } }))).toBe(false)
  expect(isInSync(lock, packages({}))).toBe(false)
  expect(isInSync(lock, undefined)).toBe(false)
})
