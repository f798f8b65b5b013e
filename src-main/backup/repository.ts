import { stanzaInfoOf, type BackupInfo } from '../cluster/pgbackrest.js'
import type { BackupsView, BackupView } from '../contract/backup.js'
import { DojoError } from '../contract/errors.js'
import type { LabHandle } from '../lab/handle.js'
import { repositoriesOf, schedulesOf, stanza } from '../lab/plan.js'
import { scheduledRunOf } from './scheduled-run.js'
import { timelinesOf } from './timelines.js'
import { windowOf } from './window.js'

const path = '/var/lib/pgbackrest'
const mark = '--8<--'

/**
 * All that the repository host knows, in one command: backups, archived segments with their times, the end of the last run
 * that cron began, history files.
 */
const question = `pgbackrest --stanza=${stanza} info --output=json || exit
echo '${mark}'
find ${path}/archive/${stanza} -type f -printf '%T@ %s %f\\n' 2>/dev/null
echo '${mark}'
tail -n 1 /var/log/cron/pgbackrest.log 2>/dev/null
echo '${mark}'
for file in $(cd ${path} && find archive/${stanza} -name '*.history'); do
  echo "file $(basename "$file")"
  pgbackrest repo-get "$file" --log-level-console=off
done`

/**
 * The host that keeps the backups that are meant: the one that was asked for, or the first.
 * @throws DojoError no-repository, unknown-host with those that there are
 */
export function repositoryHost({ info }: Pick<LabHandle, 'info'>, asked?: string): string {
  const hosts = repositoriesOf(info.spec)
  const host = hosts.find((one) => asked === undefined || one === asked)
  if (host) return host
  if (hosts.length > 0) {
    throw new DojoError('unknown-host', {
      what: `No repository "${asked}" in lab "${info.lab}"`,
      why: `${hosts.join(', ')} ${hosts.length === 1 ? 'keeps' : 'keep'} its backups`,
      next: 'Use one of these names',
    })
  }
  throw new DojoError('no-repository', {
    what: `Lab "${info.lab}" keeps no backups`,
    why: `topology ${info.topology} has no host for them`,
    next: 'Start one that has, for example `dojo up pair-witness`',
  })
}

/**
 * Backups of one repository, its archive, and what can be reached.
 * @param host that keeps them, as repositoryHost has it
 * @param archives whether a primary archives now: then the window ends with the present
 * @throws DojoError host-down, backup-failed when pgBackRest does not answer
 */
export async function readBackups(
  handle: LabHandle,
  host: string,
  archives: boolean,
  signal?: AbortSignal,
): Promise<BackupsView> {
  const { lab, settings, spec } = handle.info
  const { code, stdout, stderr } = await handle.exec(host, ['sh', '-c', question], {
    timeoutMs: 30_000,
    ...(signal && { signal }),
  })
  if (code !== 0) {
    throw new DojoError('backup-failed', {
      what: `The repository on ${host} can't be read`,
      why: pgbackrestError(stderr + stdout) ?? `pgbackrest ended with exit code ${code}`,
      next: `Look at it: \`dojo shell ${lab} ${host}\`, then \`pgbackrest info\``,
    })
  }
  const at = Date.now()
  const [info = '', files = '', scheduled = '', histories = ''] = stdout.split(`${mark}\n`)
  const answer = stanzaInfoOf(info)
  const backups = (answer?.backup ?? []).map(viewOf)
  const archive = archiveOf(files)
  const timelines = timelinesOf(filesOf(histories))
  return {
    lab,
    at,
    repository: host,
    repositories: repositoriesOf(spec),
    ok: answer?.status.code === 0,
    message: answer?.status.message ?? 'no stanza yet',
    encrypted: (answer?.cipher ?? 'none') !== 'none',
    keepFull: settings.backup.keep_full,
    schedules: schedulesOf(settings),
    scheduled: scheduledRunOf(scheduled),
    archive,
    timelines,
    window: windowOf({ backups, archive, timelines, at, archives }),
    backups,
  }
}

const viewOf = (one: BackupInfo): BackupView => ({
  label: one.label,
  type: one.type,
  startedAt: one.timestamp.start * 1000,
  stoppedAt: one.timestamp.stop * 1000,
  timeline: Number.parseInt(one.archive.stop.slice(0, 8), 16),
  startLsn: one.lsn.start,
  stopLsn: one.lsn.stop,
  databaseBytes: one.info.size,
  repositoryBytes: one.info.repository.delta,
  needs: one.reference ?? [],
  damaged: one.error === true,
})

/** The archive from lines of `find`: whole segments only, by their names; the order of names is the order of WAL. */
export function archiveOf(lines: string): BackupsView['archive'] {
  const segments = lines
    .split('\n')
    .map((line) => /^(\d+(?:\.\d+)?) (\d+) ([0-9A-F]{24})-[0-9a-f]{40}/.exec(line))
    .filter((match) => match !== null)
    .map(([, at, bytes, name]) => ({ at: Number(at) * 1000, bytes: Number(bytes), name: name! }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const first = segments[0]
  if (!first) return null
  return {
    first: first.name,
    last: segments.at(-1)!.name,
    lastAt: segments.reduce((newest, { at }) => Math.max(newest, at), 0),
    segments: segments.length,
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

function filesOf(text: string): Record<string, string> {
  const files: Record<string, string> = {}
  let name = ''
  for (const line of text.split('\n')) {
    const begins = /^file ([0-9A-F]{8}\.history)$/.exec(line)
    if (begins) files[(name = begins[1]!)] = ''
    else if (name) files[name] += `${line}\n`
  }
  return files
}

/** The last thing that pgBackRest called an error, without its time and code. */
export function pgbackrestError(output: string): string | null {
  const lines = output.split('\n')
  const at = lines.findLastIndex((line) => /\bERROR: \[\d+\]: /.test(line))
  if (at === -1) return null
  const first = lines[at]!.replace(/^.*ERROR: (\[\d+\]): /, '$1 ')
  // what it adds is indented
  const more: string[] = []
  for (const line of lines.slice(at + 1)) {
    if (!/^\s{10,}\S/.test(line)) break
    more.push(line.trim())
  }
  return [first, ...more].join(' ')
}
