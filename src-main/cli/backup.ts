import { backupTypes } from '../contract/backup.js'
import { backupsText, backupText } from './backup-text.js'
import { withDojo } from './connect.js'
import { Exit, wrongUsage } from './failure.js'
import { jsonOption, repositoryOption, type Verb } from './verb.js'

export const backup: Verb = (program, { io, json }) => {
  program
    .command('backup')
    .summary('back a lab up: dojo backup LAB --type full|diff|incr')
    .description(
      'Makes a backup with pgBackRest on the repository host, and waits for its end. It goes on there when this command is ended.',
    )
    .argument('<lab>')
    .option('--type <type>', 'full, diff (what changed since the last full one), incr (since the last of any)', 'incr')
    .option(...repositoryOption)
    .option(...jsonOption)
    .action((lab: string, options: { type: string; repository?: string; json?: boolean }) => {
      const type = backupTypes.find((name) => name === options.type)
      if (!type) {
        throw wrongUsage('--type was not understood', `"${options.type}" is none`, `One of ${backupTypes.join(', ')}`)
      }
      return withDojo(async ({ client }) => {
        const made = await client.backups.make({ ...of(lab, options), type })
        if (options.json) json(made)
        else io.out(backupText(made))
      })
    })
}

/** The lab, and the repository if one was named. */
const of = (lab: string, { repository }: { repository?: string }) => ({ lab, ...(repository && { repository }) })

interface Options {
  repository?: string
  verify?: boolean
  expire?: boolean
  keep?: string
  json?: boolean
}

export const backups: Verb = (program, { io, json }) => {
  program
    .command('backups')
    .summary('the backups of a lab, and what can be reached with them')
    .description(
      'Lists backups of one repository, its archive of WAL, and the window that recovery can reach: by the clock, by LSN, by timeline; when cron makes them, and how its last run ended. With --verify: reads all of the repository; exit code 1 when something is damaged.',
    )
    .argument('<lab>')
    .option('--verify', 'read every file of the repository and compare checksums')
    .option('--expire', 'let go what the retention does not keep')
    .option('--keep <n>', 'with --expire: keep that many full backups')
    .option(...repositoryOption)
    .option(...jsonOption)
    .action((lab: string, options: Options) => {
      const keepFull = keepOf(options)
      return withDojo(async ({ client }) => {
        if (options.verify) {
          const verified = await client.backups.verify(of(lab, options))
          if (options.json) json(verified)
          else io.out(`${verified.lines.join('\n')}\n${verified.ok ? 'all of it is whole' : 'damaged'}\n`)
          if (!verified.ok) throw new Exit(1)
        } else if (options.expire) {
          const expired = await client.backups.expire({ ...of(lab, options), ...(keepFull && { keepFull }) })
          if (options.json) json(expired)
          else io.out(expired.gone.length === 0 ? 'nothing to let go\n' : `gone: ${expired.gone.join(', ')}\n`)
        } else {
          const view = await client.backups.list(of(lab, options))
          if (options.json) json(view)
          else io.out(backupsText(view))
        }
      })
    })
}

function keepOf({ expire, verify, keep }: Options): number | undefined {
  if (expire && verify) throw wrongUsage('Verify or expire?', 'both were given', 'Give one of them')
  if (keep === undefined) return undefined
  if (expire && /^[1-9]\d?$/.test(keep)) return Number(keep)
  throw wrongUsage(
    '--keep was not understood',
    'it is a number from 1 to 99, with --expire',
    'For example --expire --keep 1',
  )
}
