import type { BackupReading } from '../../contract/cluster.js'
import { deadline } from '../../util/deadline.js'
import { poll } from '../cadence.js'
import type { LivePart } from '../live-part.js'
import { backupReadingOf } from '../pgbackrest.js'
import { reading } from '../reading.js'
import type { ObserverInput } from '../watcher.js'
import type { SourceContext } from './context.js'

export const backupEveryMs = 30_000
const timeoutMs = 15_000
/** After WAL was archived it is asked sooner, though not for every segment of a bulk load. */
const soonestMs = 5_000

/** `pgbackrest info` of each repository, every 30 s: it starts a program on a host, which is dear. */
export async function followBackups(context: SourceContext, backupInfo: ObserverInput['backupInfo']): Promise<void> {
  const each = [...context.board.repositories].map(([host, part]) => follow(context, host, part, backupInfo))
  await Promise.all(each)
}

async function follow(
  context: SourceContext,
  host: string,
  part: LivePart<BackupReading>,
  backupInfo: ObserverInput['backupInfo'],
): Promise<void> {
  const { board, cadence, signal, now, fact } = context
  let askedAt = -Infinity
  const read = async (): Promise<void> => {
    const sinceMs = now() - askedAt
    if (sinceMs < (board.backupWantedAt > askedAt ? soonestMs : backupEveryMs)) return
    askedAt = now()
    const limit = deadline(timeoutMs, signal)
    const said = await reading(async () => backupReadingOf(await backupInfo(host, limit.signal)))
    limit.clear()
    if (signal.aborted) return
    if (said.ok) {
      part.set(said.value, now())
      fact({ t: now(), source: 'backup', host, reading: said.value })
    } else part.fail(said.why)
  }
  await poll({ everyMs: () => 1000, read, cadence, signal })
}
