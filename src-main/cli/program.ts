import { Command } from 'commander'
import { appVersion } from '../util/version.js'
import { report, wrongUsage } from './failure.js'
import type { Io } from './io.js'
import { later, laterVerbs } from './later.js'
import type { Cli, Verb } from './verb.js'

/** In the order of `dojo --help`. Loaded when needed: what all of them import takes longer than most of them do. */
const verbs: Readonly<Record<string, () => Promise<Verb>>> = {
  doctor: () => import('./doctor.js').then((it) => it.doctor),
  image: () => import('./image.js').then((it) => it.image),
  up: () => import('./up.js').then((it) => it.up),
  ls: () => import('./ls.js').then((it) => it.ls),
  status: () => import('./status.js').then((it) => it.status),
  health: () => import('./health.js').then((it) => it.health),
  config: () => import('./config.js').then((it) => it.config),
  exec: () => import('./exec.js').then((it) => it.exec),
  shell: () => import('./shell.js').then((it) => it.shell),
  psql: () => import('./psql.js').then((it) => it.psql),
  fault: () => import('./fault.js').then((it) => it.fault),
  faults: () => import('./fault.js').then((it) => it.faults),
  heal: () => import('./fault.js').then((it) => it.heal),
  metrics: () => import('./metrics.js').then((it) => it.metrics),
  probe: () => import('./probe.js').then((it) => it.probe),
  backup: () => import('./backup.js').then((it) => it.backup),
  backups: () => import('./backup.js').then((it) => it.backups),
  pitr: () => import('./pitr.js').then((it) => it.pitr),
  export: () => import('./export.js').then((it) => it.exportVerb),
  down: () => import('./down.js').then((it) => it.down),
  exercise: () => import('./exercise.js').then((it) => it.exercise),
  prove: () => import('./prove.js').then((it) => it.prove),
  serve: () => import('./serve.js').then((it) => it.serve),
  keeper: () => import('./keeper.js').then((it) => it.keeper),
}

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
    // one that is not known needs all of them, to say what was meant
    const needed = verb in verbs ? [verb] : laterVerbs.includes(verb) ? [] : undefined
    await (await programOf(cli, needed)).parseAsync(own, { from: 'user' })
    return 0
  } catch (error) {
    return report(error, io, { json, verb })
  }
}

export async function programOf(cli: Cli, needed = Object.keys(verbs)): Promise<Command> {
  const program = new Command('dojo')
    .description('A flight simulator for PostgreSQL high availability: real clusters, real failures, checked live.')
    .version(appVersion(), '--version', 'print the version')
    .helpOption('--help', 'explain')
    .helpCommand(false)
    .addHelpText(
      'after',
      '\nExit codes: 0 done or passed, 1 failed, 2 wrong usage or content, 3 this machine is not fit.\nDOJO_HOME moves the folder of labs, attempts and logs.',
    )
  for (const name of needed) (await verbs[name]!())(program, cli)
  later(program, cli)
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
