import type { Credentials, LabHost } from '../../contract/lab.js'
import { poll } from '../cadence.js'
import { leaderOf } from '../dcs.js'
import { keepConnection } from '../postgres.js'
import { postgresReadingOf, readingSql } from '../postgres-reading.js'
import { reading } from '../reading.js'
import { hostRuns, type SourceContext } from './context.js'

const asked = { timeoutMs: 900, name: 'reading' }

/** SQL on one host, directly and over a kept connection, once a second; ten times while it is about to be promoted. */
export async function followPostgres(
  context: SourceContext,
  { name, endpoints }: LabHost,
  { superuser }: Credentials,
): Promise<void> {
  const { board, cadence, signal, now, fact } = context
  const part = board.hosts.get(name)?.postgres
  if (!part || !endpoints.postgres) return
  const connection = keepConnection(endpoints.postgres, superuser)
  let readAt: number | null = null

  const read = async (): Promise<void> => {
    if (!hostRuns(context, name)) return connection.close()
    const said = await reading(async () => postgresReadingOf((await connection.query(readingSql, asked))[0]))
    // an answer that was under way when the host went is the past already
    if (!hostRuns(context, name) || signal.aborted) return
    const half = said.ok ? said.ageMs : 0
    const t = now() - half
    if (said.ok) part.set(said.value, t)
    else part.fail(said.why)
    const at = performance.now() - half // steady, whatever happens to the machine's clock
    const u = readAt === null ? {} : { u: Math.round(at - readAt) }
    if (said.ok) readAt = at
    const why = said.ok ? {} : { why: said.why }
    fact({
      t,
      ...u,
      ...(said.ok ? { half } : {}),
      source: 'sql',
      host: name,
      reading: said.ok ? said.value : null,
      ...why,
    })
  }
  const everyMs = (): number => {
    const here = part.view(now())
    const promoting = leaderOf(board.keys) === name && (here.stale || here.value?.inRecovery === true)
    return promoting && cadence.quick() ? 100 : cadence.quick() ? 250 : 1000
  }
  await poll({ everyMs, read, cadence, signal })
  connection.close()
}
