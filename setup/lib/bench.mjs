import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { explain, exitCodeOf, SetupError } from './failure.mjs'
import { importBuilt, prepareApp, prepareMachine } from './machine.mjs'
import { built, root } from './paths.mjs'
import { createReport } from './report.mjs'
import { openScratch } from './scratch.mjs'

const results = join(root, '.cache', 'bench')

const names = () => {
  const files = existsSync(built('main', 'bench')) ? readdirSync(built('main', 'bench')) : []
  return files.filter((file) => file.endsWith('.js')).map((file) => file.slice(0, -3))
}

const own = { only: { type: 'string' }, json: { type: 'string' }, help: { type: 'boolean', short: 'h' } }

function readOptions(args) {
  try {
    // what follows belongs to the bench itself
    const { values, tokens } = parseArgs({ args, options: own, strict: false, tokens: true, allowPositionals: true })
    const ours = new Set(
      tokens.flatMap((t) => (t.name in own ? [t.index, t.index + (t.inlineValue === false ? 1 : 0)] : [])),
    )
    return { ...values, only: values.only?.split(','), rest: args.filter((_, i) => !ours.has(i)) }
  } catch (error) {
    throw new SetupError({ what: 'npm run bench was not understood', why: error.message, next: 'Give --only NAME' }, 2)
  }
}

/** Runs one measurement, and gives what it left in its file; null: it ended without one. */
async function measure(name, rest, scratch) {
  const file = join(results, `${name}.json`)
  rmSync(file, { force: true }) // what an earlier run left is no result of this one
  console.log(`\n== ${name}\n`)
  const child = scratch.start(process.execPath, [built('main', 'bench', `${name}.js`), '--json', file, ...rest], {
    cwd: root,
    stdio: 'inherit',
  })
  const [code] = await once(child, 'exit')
  if (scratch.interrupted) await new Promise(() => {}) // the signal's handler tidies up and ends us
  scratch.end(child)
  if (code !== 0) process.exitCode = 1
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
}

/** Runs the measurements one after another: two at a time would measure each other. */
export async function bench(args) {
  let report
  let scratch
  try {
    const { only, json = join(results, 'bench.json'), help, rest } = readOptions(args)
    report = createReport({ out: process.stderr, eager: false })
    await prepareApp(report)
    if (help) {
      return console.log(`npm run bench [-- --only NAME,NAME --rounds N --json FILE]

There are: ${names().join(', ') || 'none'}
Each measures as often as is worth it unless --rounds says how often. Every figure goes to .cache/bench/.`)
    }
    const unknown = only?.find((name) => !names().includes(name))
    if (unknown) {
      const why = `there are ${names().join(', ') || 'none'}`
      throw new SetupError({ what: `No measurement "${unknown}"`, why, next: 'Use one of these names' }, 2)
    }
    await prepareMachine(report, { yes: true })
    const { inWords, machineInWords, tableOf } = await importBuilt('main', 'bench-report.js')
    scratch = openScratch('bench', report)
    const measured = []
    const rows = []
    for (const name of only ?? names()) {
      const result = await measure(name, rest, scratch)
      if (result) measured.push(result)
      rows.push(...(result?.rows ?? [{ what: name, ours: 'did not finish', target: 'to finish', met: false, n: 0 }]))
    }
    const [machine] = measured.map((result) => result.machine)
    console.log(`\n== all\n\n${tableOf(rows)}\n`)
    if (machine) console.log(machineInWords(machine))
    console.log(inWords(rows))
    mkdirSync(dirname(resolve(json)), { recursive: true })
    writeFileSync(json, `${JSON.stringify({ at: new Date().toISOString(), machine, rows, measured }, null, 2)}\n`)
  } catch (error) {
    console.error(`\n${explain(error)}${report ? `\n  log:  ${report.logFile}` : ''}`)
    process.exitCode = exitCodeOf(error)
  } finally {
    await scratch?.tidy()
  }
}
