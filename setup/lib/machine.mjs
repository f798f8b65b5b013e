import { createInterface } from 'node:readline/promises'
import { pathToFileURL } from 'node:url'
import { ensureBuilt } from './build.mjs'
import { ensureDependencies } from './dependencies.mjs'
import { built } from './paths.mjs'

/** Imports a file of the built app. */
export const importBuilt = (...path) => import(pathToFileURL(built(...path)).href)

/** Dependencies and the built app: all that the command line itself needs. */
export async function prepareApp(report) {
  await report.phase('dependencies', ensureDependencies)
  await report.phase('app', ensureBuilt)
}

/** The engine and the host image. `yes`: install without asking. */
export async function prepareMachine(report, { yes = false } = {}) {
  const { prepareEngine, prepareImage } = await importBuilt('main', 'setup.js')
  const confirm = process.stdin.isTTY && process.stdout.isTTY && !yes ? ask : undefined
  await report.phase('engine', (tools) => prepareEngine(tools, confirm))
  await report.phase('host image', prepareImage)
}

async function ask(question) {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const answer = await terminal.question(`\n  ${question} [Y/n] `)
    return /^(y|yes|)$/i.test(answer.trim())
  } finally {
    terminal.close()
  }
}
