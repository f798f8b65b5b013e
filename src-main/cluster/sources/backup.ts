import { deadline } from '../../util/deadline.js'
import { poll } from '../cadence.js'
import { backupReadingOf } from '../pgbackrest.js'
import { reading } from '../reading.js'
import type { ObserverInput } from '../watcher.js'
import type { SourceContext } from './context.js'

export const backupEveryMs = 30_000
const timeoutMs = 15_000
/** After WAL was archived it is asked sooner, though not for every segment of a bulk load. */
const soonestMs = 5_000

/** `pgbackrest info`, every 30 s: it starts a program on a host, which is dear. */
export async function followBackup(context: SourceContext, backupInfo: ObserverInput['backupInfo']): Promise<void> {
  const { board, cadence, signal, now, fact } = context
  if (!board.info.hosts.some(({ services }) => services.includes('pgbackrest'))) return
  let askedAt = -Infinity
  const read = async (): Promise<void> => {
    const sinceMs = now() - askedAt
    if (sinceMs < (board.backupWanted ? soonestMs : backupEveryMs)) return
    board.backupWanted = false
    askedAt = now()
    const limit = deadline(timeoutMs, signal)
    const said = await reading(async () => backupReadingOf(await backupInfo(limit.signal)))
    limit.clear()
    if (signal.aborted) return
    if (said.ok) {
      board.backup.set(said.value, now())
      fact({ t: now(), source: 'backup', reading: said.value })
    } else board.backup.fail(said.why)
  }
  await poll({ everyMs: () => 1000, read, cadence, signal })
}
