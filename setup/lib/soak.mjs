import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { explain, exitCodeOf } from './failure.mjs'
import { prepareApp, prepareMachine } from './machine.mjs'
import { built } from './paths.mjs'
import { createReport } from './report.mjs'

/** Sets up what a lab needs, and becomes tests/soak/soak.ts. Its help needs no engine. */
export async function soak(args) {
  const report = createReport({ out: process.stderr, eager: false })
  try {
    await prepareApp(report)
    if (!args.includes('--help')) await prepareMachine(report, { yes: true })
    const [code] = await once(
      spawn(process.execPath, [built('main', 'soak.js'), ...args], { stdio: 'inherit' }),
      'exit',
    )
    process.exitCode = code ?? 1
  } catch (error) {
    console.error(`\n${explain(error)}\n  log:  ${report.logFile}`)
    process.exitCode = exitCodeOf(error)
  }
}
