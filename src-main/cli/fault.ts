import type { FaultKindInfo, FaultRecord } from '../contract/fault.js'
import { withDojo } from './connect.js'
import { faultOptions } from './fault-options.js'
import { wrongUsage } from './failure.js'
import { ago, table } from './output.js'
import { jsonOption, type Cli, type Verb } from './verb.js'

export const fault: Verb = (program, cli) => {
  program
    .command('fault')
    .summary('break something: dojo fault LAB KIND TARGET [--option value ...]')
    .description(
      'Injects a fault and proves that it took effect. The target is a host, or a role: leader, sync-standby, any-replica, witness.\nKinds and their options: `dojo faults`.',
    )
    .argument('<lab>')
    .argument('<kind>')
    .argument('<target>')
    .allowUnknownOption()
    .allowExcessArguments()
    .option(...jsonOption)
    .action(async (lab: string, kind: string, target: string, { json: asJson }: { json?: boolean }, command) => {
      const given = (command as { args: string[] }).args.slice(3)
      await withDojo(async ({ client }) => {
        const kinds = await client.faults.kinds()
        const options = faultOptions(kindOf(kinds, kind), given)
        const record = await client.faults.inject({ lab, kind, target, options })
        if (asJson) return cli.json(record)
        cli.io.out(`${record.did ?? `${kind} ${record.target}`}\n`)
        if (record.effect) cli.io.out(`seen    ${record.effect.observed}\n`)
        cli.io.out(`heal    dojo heal ${lab} ${record.id}\n`)
      })
    })
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
    records.map(({ id, kind, target, state, appliedAt, by, effect }) => [
      id,
      kind,
      target,
      state,
      ago(appliedAt),
      by,
      effect?.observed ?? '',
    ]),
    ['id', 'kind', 'target', 'state', 'applied', 'by', 'seen'],
  )

export const heal: Verb = (program, { io, json }) => {
  program
    .command('heal')
    .summary('heal a fault of a lab, or all')
    .description('Heals and proves that it healed. Without an id: all faults.')
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
