import { explain, exitCodeOf } from './failure.mjs'
import { importBuilt, prepareApp } from './machine.mjs'
import { createReport } from './report.mjs'

/** Makes sure that the app is built, silently unless there is something to do, and becomes the command line. */
export async function dojo() {
  // the command's own output is on standard output, and scripts read it
  const report = createReport({ out: process.stderr, eager: false })
  try {
    await prepareApp(report)
  } catch (error) {
    console.error(`\n${explain(error)}\n  log:  ${report.logFile}`)
    process.exitCode = exitCodeOf(error)
    return
  }
  await importBuilt('main', 'cli.js')
}
