import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { explain, exitCodeOf, SetupError } from './failure.mjs'
import { prepareApp, prepareMachine } from './machine.mjs'
import { built, root } from './paths.mjs'
import { createReport } from './report.mjs'

const names = () => {
  const files = existsSync(built('main', 'bench')) ? readdirSync(built('main', 'bench')) : []
  return files.filter((file) => file.endsWith('.js')).map((file) => file.slice(0, -3))
}

function readOptions(args) {
  try {
    const options = { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } }
    // what follows belongs to the bench itself
    const { values, tokens } = parseArgs({ args, options, strict: false, tokens: true, allowPositionals: true })
    const own = new Set(
      tokens.flatMap((t) =>
        t.name === 'only' || t.name === 'help' ? [t.index, t.index + (t.inlineValue === false ? 1 : 0)] : [],
      ),
    )
    return { only: values.only?.split(','), help: values.help, rest: args.filter((_, i) => !own.has(i)) }
  } catch (error) {
    throw new SetupError({ what: 'npm run bench was not understood', why: error.message, next: 'Give --only NAME' }, 2)
  }
}

/** Runs the measurements one after another: two at a time would measure each other. */
export async function bench(args) {
  let report
  try {
    const { only, help, rest } = readOptions(args)
    report = createReport({ out: process.stderr, eager: false })
    await prepareApp(report)
    if (help) return console.log(`npm run bench [-- --only NAME]\n\nThere are: ${names().join(', ') || 'none'}`)
    const unknown = only?.find((name) => !names().includes(name))
    if (unknown) {
      const why = `there are ${names().join(', ') || 'none'}`
      throw new SetupError({ what: `No measurement "${unknown}"`, why, next: 'Use one of these names' }, 2)
    }
    await prepareMachine(report, { yes: true })
    for (const name of only ?? names()) {
      console.log(`\n== ${name}\n`)
      const child = spawn(process.execPath, [built('main', 'bench', `${name}.js`), ...rest], {
        cwd: root,
        stdio: 'inherit',
      })
      const [code] = await once(child, 'exit')
      if (code !== 0) process.exitCode = 1
    }
  } catch (error) {
    console.error(`\n${explain(error)}${report ? `\n  log:  ${report.logFile}` : ''}`)
    process.exitCode = exitCodeOf(error)
  }
}
