import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ORPCError } from '@orpc/client'
import { describe, expect, test } from 'vitest'
import { exitCodeFor, sayError, wireError } from '../../../src-main/api/errors.js'
import { DojoError, unknownHost } from '../../../src-main/contract/errors.js'
import { keepSecret, logTo } from '../../../src-main/util/log.js'

describe('an error on its way out', () => {
  test('keeps the code and the words of an expected one', () => {
    const error = wireError(unknownHost('pg9', ['pg1', 'pg2']))
    expect(error).toBeInstanceOf(ORPCError)
    expect(error.code).toBe('DOJO')
    expect(error.data).toEqual({
      code: 'unknown-host',
      what: 'No host "pg9" in this lab',
      why: 'its topology declares pg1, pg2',
      next: 'Use one of these names',
    })
  })

  test('is `internal` with a reference to the log when nobody expected it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dojo-log-'))
    const file = join(folder, 'app.log')
    logTo(file)
    const said = sayError(new TypeError('x is not a function'))
    expect(said).toMatchObject({ code: 'internal', why: 'x is not a function' })
    const reference = /reference (\w+)$/.exec(said.next)![1]!
    const line = readFileSync(file, 'utf8')
      .split('\n')
      .find((each) => each.includes(reference))
    expect(line).toContain('TypeError')
    rmSync(folder, { recursive: true })
  })

  test('carries no secret', () => {
    keepSecret('s3cr3t-of-the-lab')
    const said = sayError(
      new DojoError('internal', {
        what: 'psql failed',
        why: 'postgresql://app:hunter22@127.0.0.1/app said no to s3cr3t-of-the-lab',
        next: 'Look',
      }),
    )
    expect(said.why).toBe('postgresql://app:***@127.0.0.1/app said no to ***')
    expect(sayError(new Error('password=hunter22 is wrong')).why).not.toContain('hunter22')
  })

  test('that was translated already is not translated again', () => {
    const once = wireError(unknownHost('x', []))
    expect(sayError(once)).toBe(once.data)
  })

  test('says which part of a request does not fit', () => {
    const issues = [{ message: 'too small', path: ['cols'] }, { message: 'no object' }]
    const said = sayError(new ORPCError('BAD_REQUEST', { message: 'Input validation failed', data: { issues } }))
    expect(said).toMatchObject({ code: 'usage', why: 'cols: too small; no object' })
  })

  test('is `cancelled` when nobody waits any more', () => {
    expect(sayError(new DOMException('gone', 'AbortError')).code).toBe('cancelled')
  })
})

test.each([
  ['not-proven', 1],
  ['usage', 2],
  ['content-invalid', 2],
  ['engine-denied', 3],
  ['disk-full', 3],
] as const)('the exit code of %s is %i', (code, exit) => {
  expect(exitCodeFor({ code, what: '', why: '', next: '' })).toBe(exit)
})
