#!/usr/bin/env node
// `npm run build`: out/, when the sources changed since it was made.
import './lib/node-version.mjs'
const { explain, exitCodeOf } = await import('./lib/failure.mjs')
const { prepareApp } = await import('./lib/machine.mjs')
const { createReport } = await import('./lib/report.mjs')

const report = createReport()
try {
  await prepareApp(report)
} catch (error) {
  console.error(`\n${explain(error)}\n  log:  ${report.logFile}`)
  process.exitCode = exitCodeOf(error)
}
