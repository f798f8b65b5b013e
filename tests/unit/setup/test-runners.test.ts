import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { judge, readPlaywright, readProof, readVitest } from '../../../setup/lib/test-runners.mjs'

describe('vitest', () => {
  const assertion = (status: string) => ({ status, fullName: `a ${status} test`, failureMessages: ['expected 1'] })

  test('counts what its report says', () => {
    const assertionResults = ['passed', 'passed', 'failed', 'skipped', 'todo'].map(assertion)
    const found = readVitest({ testResults: [{ name: '/x/a.test.ts', status: 'failed', assertionResults }] })
    expect(found).toMatchObject({ passed: 2, failed: 1, skipped: 2 })
    expect(found.failures).toEqual(['/x/a.test.ts > a failed test: expected 1'])
  })

  test('a file that could not be read is a failure', () => {
    const broken = { name: '/x/b.test.ts', status: 'failed', message: 'Cannot find module', assertionResults: [] }
    expect(readVitest({ testResults: [broken] })).toMatchObject({ passed: 0, failed: 1 })
  })

  test('a file whose set-up failed is a failure, although its tests were only skipped', () => {
    const broken = {
      name: '/x/b.test.ts',
      status: 'failed',
      message: 'beforeAll',
      assertionResults: [assertion('skipped')],
    }
    expect(readVitest({ testResults: [broken] })).toMatchObject({ failed: 1, skipped: 1 })
  })
})

test('playwright: flaky is failed, nested suites count', () => {
  const spec = (status: string) => ({
    title: status,
    file: 'a.spec.ts',
    tests: [{ status, results: [{ errors: [] }] }],
  })
  const report = {
    suites: [{ specs: [spec('expected')], suites: [{ specs: ['flaky', 'unexpected', 'skipped'].map(spec) }] }],
  }
  expect(readPlaywright(report)).toMatchObject({ passed: 1, failed: 2, skipped: 1 })
})

test('proof: one result per step; an exercise that fails as a whole is one more', () => {
  const step = (name: string, proven: boolean) => ({ step: name, proven, why: 'idling passed' })
  const exercise = (ok: boolean, steps: object[]) => ({ exercise: 'failover', ok, error: 'a figure is open', steps })
  const found = readProof({ exercises: [exercise(false, [step('a', true), step('b', false)])] })
  expect(found).toMatchObject({ passed: 1, failed: 1, failures: ['failover > b: idling passed'] })
  expect(readProof({ exercises: [exercise(true, [step('a', true)])] })).toMatchObject({ passed: 1, failed: 0 })
  expect(readProof({ exercises: [exercise(false, [step('a', true)])] })).toMatchObject({ passed: 1, failed: 1 })
  expect(readProof({ exercises: [exercise(false, [])] })).toMatchObject({ passed: 0, failed: 1 })
})

describe('a runner is judged', () => {
  let folder: string
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'dojo-judge-'))))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const runner = (found: object) => ({ limitMs: 60_000, found: () => ({ skipped: 0, failures: [], ...found }) })
  const report = () => {
    const file = join(folder, 'report.json')
    writeFileSync(file, '{}')
    return file
  }

  test('as it reported when all is well', () => {
    expect(judge(runner({ passed: 3, failed: 0 }), { code: 0, tail: [], file: report() })).toMatchObject({
      passed: 3,
      failed: 0,
    })
  })

  test('as failed when it ran nothing', () => {
    expect(judge(runner({ passed: 0, failed: 0 }), { code: 0, tail: [], file: report() })).toMatchObject({ failed: 1 })
  })

  test('as failed when it crashed without a report', () => {
    const found = judge(runner({}), { code: 1, tail: ['boom'], file: join(folder, 'absent.json') })
    expect(found).toMatchObject({ passed: 0, failed: 1 })
    expect(found.failures[0]).toContain('boom')
  })

  test('as failed when its report is not one', () => {
    const broken = { limitMs: 1, found: () => JSON.parse('{') }
    expect(judge(broken, { code: 0, tail: [], file: report() })).toMatchObject({ passed: 0, failed: 1 })
  })

  test('as failed when every test passed and it still ended badly', () => {
    expect(judge(runner({ passed: 3, failed: 0 }), { code: 1, tail: [], file: report() })).toMatchObject({
      passed: 3,
      failed: 1,
    })
  })

  test('as failed when it was ended for being late', () => {
    expect(judge(runner({ passed: 3, failed: 0 }), { code: null, tail: [], late: true, file: report() })).toMatchObject(
      { failed: 1 },
    )
  })
})
