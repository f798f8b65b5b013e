import type { FaultKindInfo, FaultRecord, FaultSchedule } from '../contract/fault.js'
import { withDojo } from './connect.js'
import { durationMs } from './duration.js'
import { faultOptions } from './fault-options.js'
import { wrongUsage } from './failure.js'
import { ensureOwner } from './keeper.js'
import { ago, seconds, table } from './output.js'
import { jsonOption, type Cli, type Verb } from './verb.js'

export const fault: Verb = (program, cli) => {
  program
    .command('fault')
    .summary('break something: dojo fault LAB KIND TARGET [--option value ...]')
    .description(
      'Injects a fault and proves that it took effect. The target is a host, or a role: leader, sync-standby, any-replica, witness, etcd-leader.\nKinds and their options: `dojo faults`. Durations: 500ms, 10s, 2m, 1h. What is scheduled is done by the process that owns the labs.',
    )
    .argument('<lab>')
    .argument('<kind>')
    .argument('<target>')
    .allowUnknownOption()
    .allowExcessArguments()
    .option('--after <duration>', 'wait so long before')
    .option('--for <duration>', 'heal it by itself so long after')
    .option('--every <duration>', 'again so long after the last time, with --times')
    .option('--times <n>', 'how many times in all, with --every')
    .option(...jsonOption)
    .action(async (lab: string, kind: string, target: string, flags: Flags, command) => {
      const given = (command as { args: string[] }).args.slice(3)
      const schedule = scheduleOf(flags)
      // timers want a process that stays
      if (schedule) await ensureOwner()
      await withDojo(async ({ client }) => {
        const kinds = await client.faults.kinds()
        const options = faultOptions(kindOf(kinds, kind), given)
        const wanted = { lab, kind, target, options, by: 'cli' as const, ...(schedule && { schedule }) }
        const record = await client.faults.inject(wanted)
        if (flags.json) return cli.json(record)
        cli.io.out(`${record.did ?? `${kind} ${record.target}`}\n`)
        const when = whenText(record)
        if (when !== '') cli.io.out(`when    ${when}\n`)
        if (record.effect) cli.io.out(`seen    ${record.effect.observed}\n`)
        // a kill and a start are over when they are done
        if (record.state !== 'ended') cli.io.out(`heal    dojo heal ${lab} ${record.id}\n`)
      })
    })
}

interface Flags {
  json?: boolean
  after?: string
  for?: string
  every?: string
  times?: string
}

function scheduleOf({ after, for: lasting, every, times }: Flags): FaultSchedule | null {
  const schedule: FaultSchedule = {
    ...(after !== undefined && { afterMs: durationMs('--after', after) }),
    ...(lasting !== undefined && { forMs: durationMs('--for', lasting) }),
    ...(every !== undefined && { everyMs: durationMs('--every', every) }),
    ...(times !== undefined && { times: Number(times) }),
  }
  if (times !== undefined && !/^[1-9]\d*$/.test(times)) {
    throw wrongUsage('--times wants a whole number', `"${times}" is none`, 'For example --every 30s --times 5')
  }
  return Object.keys(schedule).length > 0 ? schedule : null
}

function kindOf(kinds: readonly FaultKindInfo[], kind: string): FaultKindInfo {
  const found = kinds.find((each) => each.kind === kind)
  if (found) return found
  throw wrongUsage(`No fault "${kind}"`, `there are ${kinds.map((each) => each.kind).join(', ')}`, 'See `dojo faults`')
}

export const faults: Verb = (program, cli) => {
  program
    .command('faults')
    .summary('the faults of a lab; without a lab, the kinds that there are')
    .argument('[lab]')
    .option('--kinds', 'the kinds, with their options')
    .option(...jsonOption)
    .action((lab: string | undefined, options: { kinds?: boolean; json?: boolean }) =>
      withDojo(async ({ client }) => {
        if (lab === undefined || options.kinds) return showKinds(await client.faults.kinds(), cli, options.json)
        const list = await client.faults.list({ lab })
        if (options.json) cli.json({ faults: list })
        else cli.io.out(list.length === 0 ? 'no faults\n' : faultTable(list))
      }),
    )
}

function showKinds(kinds: readonly FaultKindInfo[], { io, json }: Cli, asJson: boolean | undefined): void {
  if (asJson) return json({ kinds })
  for (const { kind, summary, targets, options } of kinds) {
    io.out(`${kind}\n  ${summary} (target: ${targets === 'any-host' ? 'any host' : 'a data host'})\n`)
    const properties = (options['properties'] ?? {}) as Record<string, { description?: string; default?: unknown }>
    for (const [name, { description = '', default: standard }] of Object.entries(properties)) {
      io.out(`  --${name}  ${description}${standard === undefined ? '' : ` (default ${JSON.stringify(standard)})`}\n`)
    }
  }
}

const faultTable = (records: readonly FaultRecord[]): string =>
  table(
    records.map((record) => [
      record.id,
      record.kind,
      record.target,
      record.state,
      record.schedule && !record.did ? '-' : ago(record.appliedAt), // never: not due yet, cancelled or refused
      record.by,
      [record.effect?.observed, whenText(record)].filter(Boolean).join('; '),
    ]),
    ['id', 'kind', 'target', 'state', 'applied', 'by', 'seen'],
  )

/** What is still to come of a fault: in 8.0 s, for 43.0 s (2 of 5). Empty when nothing is. */
export function whenText({ state, appliedAt, schedule }: FaultRecord, now = Date.now()): string {
  if (!schedule || !['scheduled', 'active'].includes(state)) return ''
  const { dueAt, forMs, n, of } = schedule
  const parts =
    state === 'scheduled'
      ? [`in ${seconds(Math.max(0, dueAt - now))}`, ...(forMs === undefined ? [] : [`for ${seconds(forMs)}`])]
      : forMs === undefined
        ? []
        : [`heals in ${seconds(Math.max(0, appliedAt + forMs - now))}`]
  return `${parts.join(', ')}${of > 1 ? ` (${n} of ${of})` : ''}`.trim()
}

export const heal: Verb = (program, { io, json }) => {
  program
    .command('heal')
    .summary('heal a fault of a lab, or all')
    .description('Heals and proves that it healed; what is only scheduled is cancelled. Without an id: all faults.')
    .argument('<lab>')
    .argument('[id]')
    .option('--all', 'all faults (the default)')
    .option(...jsonOption)
    .action((lab: string, id: string | undefined, options: { all?: boolean; json?: boolean }) => {
      if (id !== undefined && options.all)
        throw wrongUsage('Which faults?', 'an id and --all were given', 'Give one of them')
      return withDojo(async ({ client }) => {
        const healed = await client.faults.heal({ lab, ...(id !== undefined && { id }) })
        if (options.json) return json({ faults: healed })
        if (healed.length === 0) return io.out('nothing to heal\n')
        for (const { id: each, kind, target, state, healing } of healed) {
          io.out(`${each}  ${kind} ${target}: ${state}${healing ? `, ${healing.observed}` : ''}\n`)
        }
      })
    })
}
