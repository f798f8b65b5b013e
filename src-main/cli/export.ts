import { resolve } from 'node:path'
import { exportKind, exportKinds, type ExportKind } from '../contract/export.js'
import { withDojo } from './connect.js'
import { wrongUsage } from './failure.js'
import { count } from './output.js'
import { jsonOption, type Verb } from './verb.js'

interface Options {
  as: string
  withSecrets?: boolean
  json?: boolean
}

export const exportVerb: Verb = (program, { io, json }) => {
  program
    .command('export')
    .summary('take a lab home as compose, config or ansible')
    .description(
      'Writes a lab as files that work without the app. Its hosts need not run. No secret is among them unless you ask for it.',
    )
    .argument('<lab>')
    .argument('<dir>', 'a folder that is empty, or not there yet')
    .requiredOption('--as <kind>', exportKinds.join(', '))
    .option('--with-secrets', "the lab's own passwords too. Certificates are always made new")
    .option(...jsonOption)
    .action(async (lab: string, dir: string, options: Options) => {
      const as = kindNamed(options.as)
      await withDojo(async ({ client }) => {
        const made = await client.labs.export({ lab, as, folder: resolve(dir), secrets: options.withSecrets ?? false })
        if (options.json) return json(made)
        const { folder, files, secrets, next } = made
        const with_ = secrets ? 'with its passwords' : 'without any secret'
        io.out(`lab "${lab}" as ${as}, ${with_}: ${count(files.length, 'file')} in ${folder}\n`)
        io.out(`  next  ${next}\n`)
      })
    })
}

function kindNamed(given: string): ExportKind {
  const kind = exportKind.safeParse(given)
  if (kind.success) return kind.data
  throw wrongUsage(
    '--as was not understood',
    `"${given}" is nothing that a lab can be exported as`,
    `One of ${exportKinds.join(', ')}`,
  )
}
