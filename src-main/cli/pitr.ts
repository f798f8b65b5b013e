import { targetKinds, type PitrMode, type PitrTarget, type PitrView } from '../contract/backup.js'
import type { DojoClient } from '../api/local-client.js'
import { firstOf, withDojo } from './connect.js'
import { Exit, wrongUsage } from './failure.js'
import { pitrHead, pitrText, stepText, useText } from './pitr-text.js'
import { jsonOption, repositoryOption, type Cli, type Verb } from './verb.js'

interface Options {
  repository?: string
  to?: string
  by: string
  before?: boolean
  timeline?: string
  beside?: boolean
  whole?: boolean
  dryRun?: boolean
  resume?: boolean
  remove?: boolean
  json?: boolean
}

export const pitr: Verb = (program, cli) => {
  program
    .command('pitr')
    .summary('point-in-time recovery: dojo pitr LAB --to TARGET --beside | --whole')
    .description(
      'Takes a copy of the cluster (--beside, on the repository host) or the cluster itself (--whole) back to a moment, step by step; every step is looked at. Without --to: the recovery that runs, or the last one.\nWhat can be reached: `dojo backups LAB`.',
    )
    .argument('<lab>')
    .option('--to <target>', 'a time (2026-11-26 14:03:12.345678, UTC), or what --by says')
    .option('--by <kind>', 'time, lsn, xid, or name (of a restore point)', 'time')
    .option('--before', 'stop just before the target, not just after')
    .option('--timeline <n>', 'follow this timeline; default: the newest')
    .option('--beside', 'on a spare host, while production goes on; it is left running, on its socket')
    .option('--whole', 'the cluster itself: stop, restore, promote, back up, rebuild the replicas')
    .option(...repositoryOption)
    .option('--dry-run', 'show the steps and their commands, and do nothing')
    .option('--resume', 'go on with one that failed or was cut off')
    .option('--remove', 'take the spare away; replicas that were stopped are started again')
    .option(...jsonOption)
    .action((lab: string, options: Options) => {
      const asked = askedOf(options)
      return withDojo(async ({ client }) => {
        if (asked.do === 'show') return show(await present(client, lab), lab, options, cli)
        if (asked.do === 'plan') return show(await client.pitr.plan({ lab, ...asked.request }), lab, options, cli)
        if (asked.do === 'remove') {
          const view = await client.pitr.remove({ lab })
          return options.json ? cli.json(view) : cli.io.out(`the spare on ${view.spare} is gone\n`)
        }
        const begun = asked.do === 'resume' ? client.pitr.resume({ lab }) : client.pitr.start({ lab, ...asked.request })
        await follow(client, lab, await begun, options, cli)
      })
    })
}

type Asked =
  | { do: 'show' }
  | { do: 'resume' }
  | { do: 'remove' }
  | { do: 'plan' | 'start'; request: { mode: PitrMode; target: PitrTarget; repository?: string } }

function askedOf(options: Options): Asked {
  const { to, beside, whole, resume, remove, dryRun, repository } = options
  const verbs = [to !== undefined, resume, remove].filter(Boolean)
  if (verbs.length > 1)
    throw wrongUsage('What shall be done?', '--to, --resume and --remove exclude each other', 'Give one of them')
  if (resume) return { do: 'resume' }
  if (remove) return { do: 'remove' }
  if (to === undefined) {
    if (beside || whole || dryRun)
      throw wrongUsage('Back to when?', 'no --to was given', 'For example --to "2026-11-26 14:03:12" --beside')
    return { do: 'show' }
  }
  if (beside === whole) {
    const why = beside ? 'both --beside and --whole were given' : 'neither --beside nor --whole was given'
    throw wrongUsage('A copy, or the cluster itself?', why, '--beside leaves production alone; --whole takes it back')
  }
  const kind = targetKinds.find((name) => name === options.by)
  if (!kind) throw wrongUsage('--by was not understood', `"${options.by}" is none`, `One of ${targetKinds.join(', ')}`)
  const timeline = options.timeline === undefined ? undefined : Number(options.timeline)
  if (timeline !== undefined && !(Number.isInteger(timeline) && timeline > 0)) {
    throw wrongUsage(
      '--timeline was not understood',
      `"${options.timeline}" is no timeline`,
      'For example --timeline 1',
    )
  }
  const target = { kind, value: to, exclusive: options.before === true, ...(timeline !== undefined && { timeline }) }
  const mode = beside ? 'beside' : 'whole'
  return { do: dryRun ? 'plan' : 'start', request: { mode, target, ...(repository && { repository }) } }
}

const present = (client: DojoClient, lab: string): Promise<PitrView | null> =>
  firstOf((signal) => client.pitr.watch({ lab }, { signal }))

function show(view: PitrView | null, lab: string, { json: asJson }: Options, { io, json }: Cli): void {
  if (asJson) return json(view ?? { state: 'none' })
  io.out(view ? pitrText(view) : `no recovery of ${lab} yet; see what can be reached with \`dojo backups ${lab}\`\n`)
}

/** Shows steps as they end, and waits for the last one. Ctrl+C leaves a recovery that can be resumed. */
async function follow(
  client: DojoClient,
  lab: string,
  begun: PitrView,
  options: Options,
  { io, json }: Cli,
): Promise<void> {
  const told = new Set<string>(begun.steps.filter(({ state }) => state === 'done').map(({ id }) => id))
  if (!options.json) io.out(pitrHead(begun))
  const stop = new AbortController()
  const quiet = io.onInterrupt(() => stop.abort())
  let view = begun
  try {
    for await (const now of await client.pitr.watch({ lab }, { signal: stop.signal })) {
      if (!now) continue
      view = now
      for (const step of now.steps) {
        if (step.state !== 'done' || told.has(step.id)) continue
        told.add(step.id)
        if (!options.json) io.out(stepText(step))
      }
      if (now.state !== 'running') break
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error
  } finally {
    quiet()
  }
  if (options.json) json(view)
  else if (view.state === 'done') io.out(`done\n${useText(view)}`)
  else if (view.error) {
    io.err(`error  ${view.error.what}\nwhy    ${view.error.why}\nnext   ${view.error.next}\n`)
  } else io.err(`not waited for any longer; \`dojo pitr ${lab}\` shows it, and --resume goes on if it was cut off\n`)
  if (view.state !== 'done') throw new Exit(1)
}
