import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { importBuilt } from './machine.mjs'

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }

/**
 * Where programs run that boot labs: everything that they put into the temporary folder, their homes included, is in this
 * one, and so it can be swept, however they ended. A signal ends them and sweeps, once; a second one ends us at once.
 * Within another scratch, whoever opened that one ends all of us and sweeps.
 */
export function openScratch(name, report) {
  const outer = process.env.DOJO_SCRATCH
  const folder = outer || mkdtempSync(join(tmpdir(), `pg-ha-dojo-${name}-`))
  const groups = new Set()
  let tidied
  const scratch = {
    folder,
    env: { ...process.env, TMPDIR: folder, DOJO_SCRATCH: folder },
    interrupted: false,
    /** In a process group of its own, so that nothing which it starts outlives it. */
    start(program, args, options) {
      const child = spawn(program, args, { env: scratch.env, ...options, detached: !outer })
      if (!outer) groups.add(child.pid)
      return child
    },
    /** Ends what it started, and forgets it. */
    end(child) {
      if (groups.delete(child.pid)) endGroup(child.pid)
    },
    /** Ends what still runs, and removes what its labs left in the engine. Once, however many ask for it. */
    tidy: () => (tidied ??= outer ? undefined : tidyUp(folder, groups, report)),
  }
  const interrupt = async (signal) => {
    scratch.interrupted = true
    await scratch.tidy()
    process.exit(exitCodes[signal])
  }
  if (!outer) for (const signal of Object.keys(exitCodes)) process.once(signal, () => void interrupt(signal))
  return scratch
}

function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // all of them ended already
  }
}

async function tidyUp(folder, groups, report) {
  for (const pid of groups) endGroup(pid)
  groups.clear()
  try {
    const { sweepHomesBelow } = await importBuilt('main', 'setup.js')
    let left = 0
    // the engine may still be making what an ended process asked for: until a pass finds nothing
    for (let pass = 0; pass < 10; pass++) {
      const found = await sweepHomesBelow(folder)
      if (found === 0) break
      left += found
      await pause(500)
    }
    if (left > 0) report.out.write(`  ${'left over'.padEnd(14)}  ${left} containers, networks or volumes removed\n`)
  } catch (error) {
    report.log(`sweeping: ${error?.stack}`) // no build, or no engine: then there is nothing to sweep either
  }
  rmSync(folder, { recursive: true, force: true })
}
