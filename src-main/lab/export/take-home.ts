import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { DojoError } from '../../contract/errors.js'
import type { ExportKind, ExportRequest, LabExport } from '../../contract/export.js'
import { logFor } from '../../util/log.js'
import { writeFolder } from '../../util/write-folder.js'
import { readCredentials } from '../credentials.js'
import { requireLab, type Home } from '../store.js'
import { exportLab } from './index.js'
import { withTheSecrets } from './tokens.js'

const log = logFor('export')

/** What to run first, by kind. */
const start: Record<ExportKind, string> = {
  compose: './init.sh && docker compose up -d',
  config: 'less README.md',
  ansible: './init.sh && ansible-playbook site.yml',
}

/**
 * Writes a lab as files into a folder of this machine, whole or not at all: what the window and the command line both do.
 * @throws DojoError folder-unfit; unknown-lab; lab-busy; usage
 */
export async function takeHome(home: Home, { lab, as, folder: given, secrets }: ExportRequest): Promise<LabExport> {
  const folder = absolute(given, `${lab}-${as}`)
  const { info } = await requireLab(home, lab)
  const made = await exportLab(home, lab, as)
  const files = secrets ? withTheSecrets(made.files, as, await readCredentials(info.credentials)) : made.files
  await writeFolder(folder, files)
  log.info({ lab, as, folder, files: files.length, secrets }, 'exported')
  const next = `cd ${quoted(folder)} && ${start[as]}`
  return { lab, as, folder, files: files.map(({ path }) => path), secrets, next, leftOut: made.leftOut }
}

/** A shell knows ~, and nobody else does; any other relative path would mean the folder that the app began in. */
function absolute(given: string, example: string): string {
  const folder = given.trim()
  if (isAbsolute(folder)) return folder
  if (/^~[\\/]/.test(folder)) return join(homedir(), folder.slice(2))
  throw new DojoError('folder-unfit', {
    what: `"${folder}" does not say where the folder is`,
    why: 'it begins neither with / nor with ~/, and the app does not know from where you count',
    next: `Give the whole path, for example ~/pg-ha-dojo/${example}`,
  })
}

/** As a shell takes it for one word. */
const quoted = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)
