import { once } from 'node:events'
import { explain, exitCodeOf } from './failure.mjs'
import { prepareApp, prepareMachine } from './machine.mjs'
import { built } from './paths.mjs'
import { createReport } from './report.mjs'
import { openScratch } from './scratch.mjs'

/** Sets up what a lab needs, and becomes tests/soak/soak.ts. Its help needs no engine. */
export async function soak(args) {
  const report = createReport({ out: process.stderr, eager: false })
  let scratch
  try {
    await prepareApp(report)
    if (!args.includes('--help')) await prepareMachine(report, { yes: true })
    scratch = openScratch('soak', report)
    const child = scratch.start(process.execPath, [built('main', 'soak.js'), ...args], { stdio: 'inherit' })
    const [code] = await once(child, 'exit')
    if (scratch.interrupted) await new Promise(() => {}) // the signal's handler tidies up and ends us
    process.exitCode = code ?? 1
  } catch (error) {
    console.error(`\n${explain(error)}\n  log:  ${report.logFile}`)
    process.exitCode = exitCodeOf(error)
  } finally {
    await scratch?.tidy()
  }
}
