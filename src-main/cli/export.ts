import { resolve } from 'node:path'
import { exportKind, exportKinds, type ExportedFile, type ExportKind } from '../contract/export.js'
import { readCredentials } from '../lab/credentials.js'
import { withTheSecrets } from '../lab/export/tokens.js'
import { writeFolder } from '../util/write-folder.js'
import { withDojo } from './connect.js'
import { wrongUsage } from './failure.js'
import { count } from './output.js'
import { jsonOption, type Verb } from './verb.js'

interface Options {
  as: string
  withSecrets?: boolean
  json?: boolean
}

/** What to do first, by kind. */
const start: Record<ExportKind, string> = {
  compose: './init.sh && docker compose up -d',
  config: 'less README.md',
  ansible: './init.sh && ansible-playbook site.yml',
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
      const folder = resolve(dir)
      await withDojo(async ({ client }) => {
        const { files } = await client.labs.export({ lab, as })
        // secrets never cross the contract: they are read from the lab's own file, on this machine
        const secrets = options.withSecrets ? await readCredentials((await client.labs.get({ lab })).credentials) : null
        const written: ExportedFile[] = secrets ? withTheSecrets(files, as, secrets) : files
        await writeFolder(folder, written)
        if (options.json) {
          return json({ lab, as, folder, files: written.map(({ path }) => path), secrets: secrets !== null })
        }
        const with_ = secrets ? 'with its passwords' : 'without any secret'
        io.out(`lab "${lab}" as ${as}, ${with_}: ${count(written.length, 'file')} in ${folder}\n`)
        io.out(`  next  cd ${folder} && ${start[as]}\n`)
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
