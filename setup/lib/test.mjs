import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs, stripVTControlCharacters } from 'node:util'
import { ensureBuilt } from './build.mjs'
import { ensureChromium, findChromium } from './chromium.mjs'
import { ensureDependencies } from './dependencies.mjs'
import { explain, SetupError, exitCodeOf } from './failure.mjs'
import { importBuilt, prepareMachine } from './machine.mjs'
import { root } from './paths.mjs'
import { createReport } from './report.mjs'
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
  // everything that tests put into the temporary folder, their homes included, is in here: it can be swept
  const scratch = mkdtempSync(join(tmpdir(), 'pg-ha-dojo-test-'))
  const run = {
    scratch,
    groups: new Set(),
    env: { ...process.env, TMPDIR: scratch, DOJO_HOME: join(scratch, 'home'), CI: '1' },
  }
  mkdirSync(logs, { recursive: true })
  const results = []
  const interrupted = async (signal) => {
    run.interrupted = true
    await tidy(run, report)
    process.exit(signal === 'SIGINT' ? 130 : 143)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void interrupted(signal))
  try {
    console.log('\npg-ha-dojo: tests\n')
    const ready = readiness(report)
    for (const runner of chosen) {
      results.push(await oneRunner(runner, ready, run, report))
      if (run.interrupted) await new Promise(() => {}) // the signal's handler tidies up and ends us
    }
  } finally {
    await tidy(run, report)
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

async function oneRunner(runner, ready, run, report) {
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
    found = judge(runner, await execute(runner, run, line, skip ? ['--list'] : []))
    if (skip) found = { ...found, skipped: found.passed + found.skipped, passed: 0, note: 'no Chrome or Chromium here' }
    return totals(found)
  })
  for (const failure of found.failures.slice(0, 20)) report.out.write(`    - ${failure}\n`)
  if (found.failed > 0) report.out.write(`    log: ${join(logs, `${runner.name}.log`)}\n`)
  return finish(found)
}

/** Runs the command in a process group of its own, so that nothing which it started outlives it. */
function execute(runner, run, line, more) {
  const file = runner.report && join(logs, runner.report)
  if (file) removeOld(file)
  const [program, args, extra] = runner.command({ file })
  const log = createWriteStream(join(logs, `${runner.name}.log`))
  const stdoutFile = runner.stdoutTo === 'report' ? createWriteStream(file) : undefined
  return new Promise((resolve, reject) => {
    const env = { ...run.env, DOJO_CHROMIUM: findChromium() ?? '', NO_COLOR: '1', ...extra }
    const child = spawn(program, [...args, ...more], {
      cwd: root,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    run.groups.add(child.pid)
    let late = false
    const timer = setTimeout(() => {
      late = true
      endGroup(child.pid)
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
        endGroup(child.pid)
        run.groups.delete(child.pid)
        log.end()
        stdoutFile?.end()
        resolve({ code, endedBy, tail, file, late })
      }, 300)
    })
  })
}

function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // all of them ended already
  }
}

/** Ends what still runs and removes what labs of the tests left in the engine. Once, however many ask for it. */
const tidy = (run, report) => (run.tidied ??= tidyUp(run, report))

async function tidyUp(run, report) {
  for (const pid of run.groups) endGroup(pid)
  run.groups.clear()
  try {
    const { sweepHomesBelow } = await importBuilt('main', 'setup.js')
    let left = 0
    // the engine may still be making what an ended process asked for: until a pass finds nothing
    for (let pass = 0; pass < 10; pass++) {
      const found = await sweepHomesBelow(run.scratch)
      if (found === 0) break
      left += found
      await pause(500)
    }
    if (left > 0) report.out.write(`  ${'left over'.padEnd(14)}  ${left} containers, networks or volumes removed\n`)
  } catch (error) {
    report.log(`sweeping: ${error?.stack}`) // no build, or no engine: then there is nothing to sweep either
  }
  rmSync(run.scratch, { recursive: true, force: true })
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
