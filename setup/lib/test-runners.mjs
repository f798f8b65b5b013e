import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { built, root } from './paths.mjs'

const minute = 60_000
const tool = (...path) => join(root, 'node_modules', ...path)
const json = (file) => JSON.parse(readFileSync(file, 'utf8'))
const cut = (text, length = 300) => (text.length > length ? `${text.slice(0, length)}…` : text)

/**
 * What a runner found. `failures` are lines for people; their number need not equal `failed`.
 * @typedef {{ passed: number, failed: number, skipped: number, failures: string[], note?: string }} Found
 */

/** A tool that is right or wrong as a whole counts as one. */
const whole = (name, title, path, args) => ({
  name,
  limitMs: 5 * minute,
  needs: 'dependencies',
  command: () => [process.execPath, [tool(...path), ...args]],
  found({ code, tail }) {
    if (code === 0) return { passed: 1, failed: 0, skipped: 0, failures: [] }
    return { passed: 0, failed: 1, skipped: 0, failures: [`${title}: ${cut(tail.slice(-25).join('\n      '), 2000)}`] }
  },
})

const vitest = (project, limitMs, needs) => ({
  name: project,
  limitMs,
  needs,
  report: `${project}.json`,
  command: ({ file }) => [
    process.execPath,
    [
      tool('vitest', 'vitest.mjs'),
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
  ],
  found: ({ file }) => readVitest(json(file)),
})

/** @returns {Found} */
export function readVitest({ testResults }) {
  const found = { passed: 0, failed: 0, skipped: 0, failures: [] }
  for (const { name, status, message, assertionResults } of testResults) {
    const where = name.startsWith(root) ? name.slice(root.length + 1) : name
    // a file that could not even be read has no tests, and is a failure all the same
    const broken = status === 'failed' && !assertionResults.some((test) => test.status === 'failed')
    if (broken) {
      found.failed += 1
      found.failures.push(`${where}: ${cut(message || 'could not be run')}`)
    }
    for (const { status: outcome, fullName, failureMessages } of assertionResults) {
      if (outcome === 'passed') found.passed += 1
      else if (outcome === 'failed') {
        found.failed += 1
        found.failures.push(`${where} > ${fullName}: ${cut((failureMessages[0] ?? '').split('\n    at ')[0])}`)
      } else found.skipped += 1
    }
  }
  return found
}

/** @returns {Found} */
export function readPlaywright({ suites = [], errors = [] }) {
  const found = { passed: 0, failed: 0, skipped: 0, failures: [] }
  for (const { message } of errors) {
    found.failed += 1
    found.failures.push(cut(message ?? 'playwright failed'))
  }
  const visit = ({ specs = [], suites: inner = [], title }) => {
    for (const spec of specs) {
      for (const { status, results } of spec.tests) {
        if (status === 'expected') found.passed += 1
        else if (status === 'skipped') found.skipped += 1
        else {
          // flaky counts as failed: it is a bug that has an owner
          found.failed += 1
          const message = results.flatMap((result) => result.errors ?? []).map((error) => error.message)[0] ?? status
          found.failures.push(`${spec.file ?? title} > ${spec.title}: ${cut(stripVTControlCharacters(message))}`)
        }
      }
    }
    inner.forEach(visit)
  }
  suites.forEach(visit)
  return found
}

/** @returns {Found} */
export function readProof({ exercises = [] }) {
  const found = { passed: 0, failed: 0, skipped: 0, failures: [] }
  for (const { exercise, ok, error, steps = [] } of exercises) {
    const unproven = steps.filter(({ proven }) => proven !== true)
    found.passed += steps.length - unproven.length
    found.failed += unproven.length
    found.failures.push(...unproven.map(({ step, why }) => `${exercise} > ${step}: ${cut(why ?? 'not proven')}`))
    // the exercise as a whole can fail with every step proven: no steps, a figure that nobody measured, a lab left over
    if (ok !== true && unproven.length === 0) {
      found.failed += 1
      found.failures.push(`${exercise}: ${cut(error ?? 'not proven')}`)
    }
  }
  return found
}

const e2e = {
  name: 'e2e',
  limitMs: 40 * minute,
  needs: 'machine',
  browser: true,
  report: 'e2e.json',
  command: ({ file }) => [
    process.execPath,
    [tool('playwright', 'cli.js'), 'test', '-c', 'tests/e2e/playwright.config.ts', '--reporter=list,json'],
    { PLAYWRIGHT_JSON_OUTPUT_NAME: file, PLAYWRIGHT_JSON_OUTPUT_FILE: file },
  ],
  found: ({ file }) => readPlaywright(json(file)),
}

const proof = {
  name: 'proof',
  limitMs: 30 * minute,
  needs: 'machine',
  report: 'proof.json',
  stdoutTo: 'report',
  command: () => [process.execPath, [built('main', 'cli.js'), 'prove', '--json']],
  found: ({ file }) => readProof(json(file)),
}

/** A program of its own that is right or wrong as a whole, and too long for every run. */
const long = (name, limitMs, script) => ({
  name,
  limitMs,
  needs: 'machine',
  extra: true,
  command: () => [process.execPath, [join(root, 'setup', script)]],
  found: ({ code, tail }) =>
    code === 0
      ? { passed: 1, failed: 0, skipped: 0, failures: [] }
      : { passed: 0, failed: 1, skipped: 0, failures: [tail.slice(-5).join('\n      ')] },
})

/** Every runner, fast ones first. */
export const runners = [
  whole('lint', 'oxlint', ['oxlint', 'bin', 'oxlint'], ['--type-aware', '--deny-warnings']),
  whole('format', 'oxfmt', ['oxfmt', 'bin', 'oxfmt'], ['--check']),
  whole('types', 'tsc', ['typescript', 'bin', 'tsc'], ['--noEmit', '-p', 'tsconfig.json']),
  vitest('unit', 8 * minute, 'dependencies'),
  vitest('live', 40 * minute, 'machine'),
  e2e,
  proof,
  { ...vitest('long', 75 * minute, 'machine'), extra: true },
  long('soak', 90 * minute, 'soak.mjs'),
  long('bench', 60 * minute, 'bench.mjs'),
]

/** What a finished runner found. One that crashed, or found nothing to run, has failed. */
export function judge(runner, { code, endedBy, tail, file, late }) {
  let found
  try {
    if (late) throw new Error(`ran longer than ${runner.limitMs / minute} minutes, and was ended`)
    if (file && !existsSync(file)) throw new Error(`ended with ${code ?? endedBy} and left no report`)
    found = runner.found({ code, tail, file })
  } catch (error) {
    const last = tail.slice(-8).join('\n      ')
    return { passed: 0, failed: 1, skipped: 0, failures: [`${error.message}\n      ${cut(last, 1500)}`] }
  }
  const { passed, failed, skipped } = found
  if (passed + failed + skipped === 0) return { ...found, failed: 1, failures: ['ran no test at all'] }
  if (code !== 0 && failed === 0) {
    const why = `every test passed, but the runner ended with ${code ?? endedBy}: ${cut(tail.slice(-8).join('\n      '), 1500)}`
    return { ...found, failed: 1, failures: [why] }
  }
  return found
}

export const removeOld = (file) => rmSync(file, { force: true })
