import type { Evidence } from '../contract/check.js'
import type { CheckContext } from './check.js'
import { timeOf, type RejoinParams } from './rejoin.js'

/** The first and the last line of the work in Patroni's log: a rewind, or a copy of everything. */
const works = [
  { begins: 'running pg_rewind from', ends: 'pg_rewind exit code=0' },
  { begins: 'Removing data directory', ends: 'replica has been created using' },
]
const patterns = works.flatMap(({ begins, ends }) => ['-e', begins, '-e', ends])

/**
 * Seconds that the newest rewind or copy on a host took, from Patroni's log there: the work itself, without the wait for
 * a leader before it and for streaming after it. @throws when none has ended since, or the host can't be asked
 */
export async function rejoinSeconds(
  { host, since }: RejoinParams,
  context: CheckContext,
): Promise<{ seconds: number; evidence: Evidence }> {
  const from = since ? context.beganAt(since) : context.since
  if (from === null) throw new Error(`step ${since} has not begun`)
  const command = ['sh', '-c', 'grep -hF "$@" /var/log/patroni/* || true', 'grep', ...patterns]
  const { code, stdout, stderr } = await context.sources.exec(host, command, { timeoutMs: 3000 })
  if (code !== 0) throw new Error(stderr.trim() || `exit code ${code}`)
  // rotated logs come in the order of their names, which need not be that of time
  const lines = stdout
    .split('\n')
    .map((line) => ({ line, at: timeOf(line) ?? 0 }))
    .filter(({ at }) => at >= from)
    .toSorted((a, b) => a.at - b.at)
  for (const last of lines.toReversed()) {
    const work = works.find(({ ends }) => last.line.includes(ends))
    const first = work && lines.findLast(({ line, at }) => at <= last.at && line.includes(work.begins))
    if (!first) continue
    const seconds = Math.round((last.at - first.at) / 100) / 10
    return { seconds, evidence: { source: `Patroni's log on ${host}`, value: [first.line, last.line], ageMs: 0 } }
  }
  throw new Error(`no rewind and no copy has ended on ${host} yet`)
}
