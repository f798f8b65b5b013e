import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs, stripVTControlCharacters } from 'node:util'
import { ensureBuilt } from './build.mjs'
import { ensureChromium, findChromium } from './chromium.mjs'
import { ensureDependencies } from './dependencies.mjs'
import { explain, SetupError, exitCodeOf } from './failure.mjs'
import { prepareMachine } from './machine.mjs'
import { root } from './paths.mjs'
import { createReport } from './report.mjs'
import { openScratch } from './scratch.mjs'
import { judge, removeOld, runners } from './test-runners.mjs'

const help = `npm test [-- OPTIONS]

Sets everything up as npm start does, then runs, fast ones first: lint, format, types, unit, live (real Docker),
e2e (a real browser), proof (every exercise, on a real lab). The last line says how many passed, failed and were skipped.

  --only A,B      only these runners
  --all           the long ones as well (long, soak, bench)
  --help          this text

Reports and logs of each runner are in .cache/tests/.`

const logs = join(root, '.cache', 'tests')

function readOptions(args) {
  try {
    const options = { only: { type: 'string' }, all: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } }
    const { values } = parseArgs({ args, options })
    const only = values.only?.split(',')
    const unknown = only?.find((name) => !runners.some((runner) => runner.name === name))
    if (unknown) throw new Error(`no runner "${unknown}": there are ${runners.map(({ name }) => name).join(', ')}`)
    return { ...values, only }
  } catch (error) {
    throw new SetupError(
      { what: 'npm test was not understood', why: error.message, next: 'See `npm test -- --help`' },
      2,
    )
  }
}

export async function test(args) {
  let wanted
  try {
    wanted = readOptions(args)
  } catch (error) {
    console.error(explain(error))
    process.exit(exitCodeOf(error))
  }
  if (wanted.help) return console.log(help)
  const chosen = runners.filter(({ name, extra }) => (wanted.only ? wanted.only.includes(name) : wanted.all || !extra))
  process.exit(await runAll(chosen))
}

/** Runs the chosen ones and prints the summary; returns the exit code. */
async function runAll(chosen) {
  const startedAt = performance.now()
  const report = createReport()
  const scratch = openScratch('test', report)
  scratch.env = { ...scratch.env, DOJO_HOME: join(scratch.folder, 'home'), CI: '1' }
  mkdirSync(logs, { recursive: true })
  const results = []
  try {
    console.log('\npg-ha-dojo: tests\n')
    const ready = readiness(report)
    for (const runner of chosen) {
      results.push(await oneRunner(runner, ready, scratch, report))
      if (scratch.interrupted) await new Promise(() => {}) // the signal's handler tidies up and ends us
    }
  } finally {
    await scratch.tidy()
  }
  return summarise(results, (performance.now() - startedAt) / 1000)
}

/** Each level of set-up, done when the first runner needs it; a failure is kept for all that need it. */
function readiness(report) {
  const once = (work) => {
    let result
    return () => (result ??= work().catch((error) => error))
  }
  const dependencies = once(() => report.phase('dependencies', ensureDependencies))
  const app = once(() => report.phase('app', ensureBuilt))
  const machine = once(() => prepareMachine(report, { yes: true }))
  const browser = once(() => report.phase('chromium', ensureChromium))
  /** The error that keeps a runner from running, or undefined. */
  return async ({ needs, browser: wantsBrowser }) => {
    const levels = [dependencies, ...(needs === 'machine' ? [app, machine] : []), ...(wantsBrowser ? [browser] : [])]
    for (const level of levels) {
      const result = await level()
      if (result instanceof Error) return result
    }
    return undefined
  }
}

async function oneRunner(runner, ready, scratch, report) {
  const startedAt = performance.now()
  const finish = (found) => ({ name: runner.name, seconds: (performance.now() - startedAt) / 1000, ...found })
  const unfit = await ready(runner)
  if (unfit) {
    report.out.write(`  ${runner.name.padEnd(14)}  not run: ${unfit.said?.what ?? unfit.message}\n`)
    return finish({ passed: 0, failed: 1, skipped: 0, failures: [explain(unfit)] })
  }
  let found
  await report.phase(runner.name, async ({ step, line }) => {
    step('running')
    const skip = runner.browser && !findChromium()
    found = judge(runner, await execute(runner, scratch, line, skip ? ['--list'] : []))
    if (skip) found = { ...found, skipped: found.passed + found.skipped, passed: 0, note: 'no Chrome or Chromium here' }
    return totals(found)
  })
  for (const failure of found.failures.slice(0, 20)) report.out.write(`    - ${failure}\n`)
  if (found.failed > 0) report.out.write(`    log: ${join(logs, `${runner.name}.log`)}\n`)
  return finish(found)
}

function execute(runner, scratch, line, more) {
  const file = runner.report && join(logs, runner.report)
  if (file) removeOld(file)
  const [program, args, extra] = runner.command({ file })
  const log = createWriteStream(join(logs, `${runner.name}.log`))
  const stdoutFile = runner.stdoutTo === 'report' ? createWriteStream(file) : undefined
  return new Promise((resolve, reject) => {
    const env = { ...scratch.env, DOJO_CHROMIUM: findChromium() ?? '', NO_COLOR: '1', ...extra }
    const child = scratch.start(program, [...args, ...more], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let late = false
    const timer = setTimeout(() => {
      late = true
      scratch.end(child)
    }, runner.limitMs)
    const tail = []
    const keep = (raw) => {
      const text = stripVTControlCharacters(raw)
      log.write(`${text}\n`)
      line(text)
      tail.push(text)
      if (tail.length > 60) tail.shift()
    }
    if (stdoutFile) child.stdout.pipe(stdoutFile)
    else createInterface({ input: child.stdout }).on('line', keep)
    createInterface({ input: child.stderr }).on('line', keep)
    child.once('error', reject)
    // "exit", and not "close": a stray grandchild that holds the pipe open must not hold us up
    child.once('exit', (code, endedBy) => {
      clearTimeout(timer)
      setTimeout(() => {
        scratch.end(child)
        log.end()
        stdoutFile?.end()
        resolve({ code, endedBy, tail, file, late })
      }, 300)
    })
  })
}

const totals = ({ passed, failed, skipped, note }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}${note ? ` (${note})` : ''}`

function summarise(results, seconds) {
  const sum = (key) => results.reduce((total, result) => total + result[key], 0)
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(sum)
  console.log(`\nSummary, ${seconds.toFixed(0)} s in all\n`)
  for (const result of results) {
    console.log(`  ${result.name.padEnd(10)} ${result.seconds.toFixed(1).padStart(7)} s   ${totals(result)}`)
  }
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return failed > 0 ? 1 : 0
}
