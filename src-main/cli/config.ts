import { typedValue, type ConfigJson } from '../contract/config.js'
import { withDojo } from './connect.js'
import { changeText, configText } from './config-text.js'
import { wrongUsage } from './failure.js'
import { settledState, summaryOf } from './status.js'
import { jsonOption, type Cli, type Verb } from './verb.js'

export const config: Verb = (program, cli) => {
  program
    .command('config')
    .summary("Patroni's dynamic configuration, what is in force on each host, and changing it")
    .description(
      `Shows what was asked for beside what every data host runs with, and says where Patroni or PostgreSQL made something else of it.
  dojo config LAB                    what is asked for, and what is in force
  dojo config LAB set KEY VALUE      changes it through Patroni, and says what needs a restart where
  dojo config LAB unset KEY          takes it out (as does the value null)
KEY: ttl, synchronous_mode, postgresql.parameters.work_mem, or as with \`dojo up --set\`: patroni.ttl, postgresql.work_mem.`,
    )
    .argument('<lab>')
    .argument('[what]', 'set or unset')
    .argument('[key]')
    .argument('[value]')
    .option(...jsonOption)
    .action((lab: string, what?: string, key?: string, value?: string, options: { json?: boolean } = {}) => {
      if (what === undefined) return show(lab, options, cli)
      return change(lab, key ?? '', newValue(what, key, value), options, cli)
    })
}

/** The value that is wanted; null: out with it. */
function newValue(what: string, key: string | undefined, value: string | undefined): ConfigJson {
  const usage = 'dojo config LAB set KEY VALUE, or dojo config LAB unset KEY'
  if (what !== 'set' && what !== 'unset')
    throw wrongUsage(`"${what}" was not understood`, 'it is neither set nor unset', usage)
  if (key === undefined) throw wrongUsage('Which key?', `\`${what}\` wants one`, usage)
  if (what === 'unset' && value !== undefined) throw wrongUsage('Which is it?', '`unset` takes no value', usage)
  if (what === 'set' && value === undefined) throw wrongUsage('Which value?', `${key} is to become something`, usage)
  return what === 'unset' ? null : valueOf(value!)
}

function valueOf(text: string): ConfigJson {
  try {
    return typedValue(text)
  } catch (error) {
    throw wrongUsage(
      'The value was not understood',
      `it begins like JSON, and ${(error as Error).message}`,
      'Correct it',
    )
  }
}

const show = (lab: string, options: { json?: boolean }, { io, json }: Cli): Promise<void> =>
  withDojo(async ({ client }) => {
    const { topology } = await summaryOf(client, lab)
    await settledState(client, lab)
    const view = await client.config.get({ lab })
    if (options.json) return json(view)
    io.out(configText(view, topology))
  })

const change = (
  lab: string,
  key: string,
  value: ConfigJson,
  options: { json?: boolean },
  { io, json }: Cli,
): Promise<void> =>
  withDojo(async ({ client }) => {
    await summaryOf(client, lab)
    await settledState(client, lab)
    const done = await client.config.set({ lab, key, value })
    if (options.json) json({ lab, ...done })
    else io.out(changeText(done))
  })
