import type { BackupType, BackupView, ExpireView, VerifyView } from '../contract/backup.js'
import { DojoError } from '../contract/errors.js'
import type { LabHandle } from '../lab/handle.js'
import { repositoryKey, stanza } from '../lab/plan.js'
import { logFor } from '../util/log.js'
import { logged } from '../util/logged.js'
import { pgbackrestError, readBackups } from './repository.js'

const log = logFor('backup')
const hourMs = 3_600_000

/** What to do about a failure, by pgBackRest's own code of it. */
function nextStep(said: string, lab: string, host: string): string {
  if (/No space left on device/.test(said))
    return `Make room on ${host}: \`dojo backups ${lab} --repository ${host} --expire\` lets old backups go`
  if (said.startsWith('[050]')) return 'Wait until the other one has ended, then try again'
  if (/\[(082|087|028)\]/.test(said)) return `See why WAL does not arrive: \`dojo status ${lab}\``
  if (/\[(056|042|103|049)\]/.test(said) || /unable to (connect|find primary)/i.test(said))
    return `See which data hosts answer: \`dojo status ${lab}\``
  return `Look at it: \`dojo shell ${lab} ${host}\`, then \`pgbackrest info\``
}

async function pgbackrest(
  handle: LabHandle,
  host: string,
  argv: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const { lab } = handle.info
  const command = ['pgbackrest', `--stanza=${stanza}`, '--log-level-console=info', ...argv]
  return logged(log, command.join(' '), { lab, host }, async () => {
    const { code, stdout, stderr } = await handle.exec(host, command, { timeoutMs: hourMs, ...(signal && { signal }) })
    if (code === 0) return stdout
    const said = pgbackrestError(stdout + stderr) ?? `pgbackrest ended with exit code ${code}`
    const verb = argv.at(-1)!
    const what = verb === 'backup' ? 'The backup was not made' : `\`pgbackrest ${verb}\` failed on ${host}`
    throw new DojoError('backup-failed', { what, why: said, next: nextStep(said, lab, host) })
  })
}

/**
 * Makes a backup and waits for its end. It goes on inside the repository host if this app ends meanwhile.
 * @param host that keeps it, here and below as repositoryHost has it
 * @throws DojoError host-down, backup-failed with pgBackRest's reason; none of these leaves a backup behind
 */
export async function makeBackup(
  handle: LabHandle,
  host: string,
  type: BackupType,
  signal?: AbortSignal,
): Promise<BackupView> {
  const said = await pgbackrest(handle, host, [`--type=${type}`, 'backup'], signal)
  const label = /new backup label = (\S+)/.exec(said)?.[1]
  const view = await readBackups(handle, host, true, signal)
  const made = view.backups.find((backup) => backup.label === label)
  if (made) return made
  const why = `pgBackRest called it ${label ?? 'nothing'}, and its list does not have that`
  throw new DojoError('backup-failed', {
    what: 'The backup is not there',
    why,
    next: `Look at \`dojo backups ${handle.info.lab} --repository ${host}\``,
  })
}

/**
 * Reads every file of the repository and compares its checksum. What is damaged is a finding, not a failure.
 * @throws DojoError backup-failed when pgBackRest says nothing of what it read
 */
export async function verifyBackups(handle: LabHandle, host: string, signal?: AbortSignal): Promise<VerifyView> {
  const { lab } = handle.info
  const command = [
    'pgbackrest',
    `--stanza=${stanza}`,
    '--output=text',
    '--verbose',
    '--log-level-console=error',
    'verify',
  ]
  const { stdout, stderr } = await logged(log, command.join(' '), { lab, host }, () =>
    handle.exec(host, command, { timeoutMs: hourMs, ...(signal && { signal }) }),
  )
  const view = verdictOf(stdout)
  if (view.lines.length > 0) return view
  const why = pgbackrestError(stdout + stderr) ?? 'it named no archive and no backup'
  throw new DojoError('backup-failed', {
    what: `The repository on ${host} could not be verified`,
    why,
    next: `Look at it: \`dojo shell ${lab} ${host}\`, then \`pgbackrest verify\``,
  })
}

/** What the text of `verify` says: a line for each archive and each backup, and what is wrong under it. */
export function verdictOf(text: string): VerifyView {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^(archiveId|backup): /.test(line))
  const [checked, valid] = ['checked', 'valid WAL'].map((word) =>
    lines.reduce((sum, line) => sum + Number(new RegExp(`total (?:WAL )?${word}: (\\d+)`).exec(line)?.[1] ?? 0), 0),
  ) as [number, number]
  const whole = lines.every((line) => !line.startsWith('backup: ') || /status: valid\b/.test(line))
  return { ok: lines.length > 0 && whole && checked === valid, checkedWal: checked, lines }
}

/** Lets go what the retention no longer keeps; with `keepFull`, as if that many full backups were to be kept. */
export async function expireBackups(
  handle: LabHandle,
  host: string,
  keepFull?: number,
  signal?: AbortSignal,
): Promise<ExpireView> {
  const labels = async (): Promise<string[]> =>
    (await readBackups(handle, host, true, signal)).backups.map((one) => one.label)
  const before = await labels()
  const retention = `--repo${repositoryKey(handle.info.spec, host)}-retention-full`
  await pgbackrest(handle, host, [...(keepFull ? [`${retention}=${keepFull}`] : []), 'expire'], signal)
  const kept = await labels()
  return { gone: before.filter((label) => !kept.includes(label)), kept }
}
