import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openHost } from '../api/host.js'
import { connectOwner } from '../api/local-client.js'
import { DojoError } from '../contract/errors.js'
import { appRoot } from '../util/app-root.js'
import { endOnSignal } from '../util/end-on-signal.js'
import { dojoHome } from '../util/home.js'
import { logFor, logTo } from '../util/log.js'
import type { Verb } from './verb.js'

const log = logFor('keeper')
const lookEveryMs = 1_000
/** A command that has just begun an attempt looks at it a moment later. */
const idleForMs = 8_000
const answersWithinMs = 20_000

const logFile = (): string => join(dojoHome(), 'logs', 'keeper.log')

/**
 * A process without a screen that runs attempts for the command line, and keeps the times of scheduled faults: it
 * watches, records and probes between two commands. It ends by itself when nothing of that is left. Started by
 * `dojo exercise` and `dojo fault`, never by hand.
 */
export const keeper: Verb = (program) => {
  program
    .command('keeper', { hidden: true })
    .description(
      'Runs attempts and scheduled faults for the command line; started by `dojo exercise start` and `dojo fault`.',
    )
    .action(async () => {
      logTo(logFile())
      const host = await openHost({ kind: 'keeper' })
      endOnSignal(() => host.close())
      if (!host.owns()) log.info('another process owns the labs: nothing to keep')
      let busyAt = Date.now()
      while (host.owns() && Date.now() - busyAt < idleForMs) {
        await pause(lookEveryMs)
        if (host.busy()) busyAt = Date.now()
      }
      await host.close()
      log.info('nothing is left to keep: ended')
    })
}

/** The bundle that this code is in, or the checkout's when it runs from its sources. */
function commandFile(): string {
  for (const folder of [import.meta.dirname, dirname(import.meta.dirname)]) {
    if (existsSync(join(folder, 'cli.js'))) return join(folder, 'cli.js')
  }
  return join(appRoot(), 'out', 'main', 'cli.js')
}

/** Makes sure that some process owns the labs here; starts a keeper where none does. */
export async function ensureOwner(): Promise<void> {
  const owner = await connectOwner()
  if (owner) return owner.close()
  mkdirSync(join(dojoHome(), 'logs'), { recursive: true, mode: 0o700 })
  const output = openSync(`${logFile()}.out`, 'a', 0o600)
  const child = spawn(process.execPath, [commandFile(), 'keeper'], {
    detached: true,
    stdio: ['ignore', output, output],
  })
  child.unref()
  const ended: number[] = []
  child.once('exit', (code) => ended.push(code ?? 1))
  const deadline = Date.now() + answersWithinMs
  while (Date.now() < deadline && ended.length === 0) {
    const found = await connectOwner()
    if (found) return found.close()
    await pause(50)
  }
  throw new DojoError('internal', {
    what: 'The process that keeps attempts and schedules did not start',
    why:
      ended[0] === undefined ? `it did not answer for ${answersWithinMs / 1000} s` : `it ended with code ${ended[0]}`,
    next: `Look at ${logFile()}.out`,
  })
}
