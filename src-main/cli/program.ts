import { Command } from 'commander'
import { appVersion } from '../util/version.js'
import { doctor } from './doctor.js'
import { down } from './down.js'
import { exec } from './exec.js'
import { exercise } from './exercise.js'
import { report, wrongUsage } from './failure.js'
import { fault, faults, heal } from './fault.js'
import { image } from './image.js'
import type { Io } from './io.js'
import { keeper } from './keeper.js'
import { later } from './later.js'
import { ls } from './ls.js'
import { probe } from './probe.js'
import { prove } from './prove.js'
import { psql } from './psql.js'
import { serve } from './serve.js'
import { shell } from './shell.js'
import { status } from './status.js'
import { up } from './up.js'
import type { Cli, Verb } from './verb.js'

/** In the order of `dojo --help`. */
const verbs: readonly Verb[] = [
  doctor,
  image,
  up,
  ls,
  status,
  exec,
  shell,
  psql,
  fault,
  faults,
  heal,
  probe,
  down,
  exercise,
  prove,
  serve,
  later,
  keeper,
]

/** Verbs whose arguments after `--` belong to the command that they run. */
const takesRest = new Set(['exec', 'psql'])

/** Runs one command line and says how it went, as an exit code: 0 done, 1 failed, 2 wrong usage, 3 not fit. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const cut = argv.indexOf('--')
  const own = cut === -1 ? [...argv] : argv.slice(0, cut)
  const rest = cut === -1 ? null : argv.slice(cut + 1)
  const verb = own.find((word) => !word.startsWith('-')) ?? ''
  const json = own.includes('--json')
  const cli: Cli = { io, rest, json: (value) => io.out(`${JSON.stringify(value, null, 2)}\n`) }
  try {
    if (rest && !takesRest.has(verb)) {
      throw wrongUsage('`--` has no meaning here', `dojo ${verb} runs no command of yours`, 'Leave it out')
    }
    if (own.length === 0) own.push('--help')
    await programOf(cli).parseAsync(own, { from: 'user' })
    return 0
  } catch (error) {
    return report(error, io, { json, verb })
  }
}

export function programOf(cli: Cli): Command {
  const program = new Command('dojo')
    .description('A flight simulator for PostgreSQL high availability: real clusters, real failures, checked live.')
    .version(appVersion(), '--version', 'print the version')
    .helpOption('--help', 'explain')
    .helpCommand(false)
    .addHelpText(
      'after',
      '\nExit codes: 0 done or passed, 1 failed, 2 wrong usage or content, 3 this machine is not fit.\nDOJO_HOME moves the folder of labs, attempts and logs.',
    )
  for (const verb of verbs) verb(program, cli)
  settle(program, cli)
  return program
}

/** The same manners for every command: errors are thrown to `run`, help goes where the output goes. */
function settle(command: Command, cli: Cli): void {
  command
    .exitOverride()
    .configureOutput({ writeOut: cli.io.out, writeErr: () => undefined, getOutHelpWidth: () => cli.io.columns() })
    .showSuggestionAfterError()
    .helpOption('--help', 'explain')
  for (const sub of command.commands) settle(sub, cli)
}
