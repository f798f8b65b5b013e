import type { LabHost } from '../../contract/lab.js'
import { poll } from '../cadence.js'
import { patroniClient } from '../patroni.js'
import { hostRuns, type SourceContext } from './context.js'

const timeoutMs = 900

/** Each answer costs Patroni a query of its own. Its keys tell at once what matters most, and silence hurries everybody. */
const calmMs = 2000

/** GET /patroni of one host, every other second. Only about itself: what a node says of others is never taken for truth. */
export async function followPatroni(context: SourceContext, { name, endpoints }: LabHost): Promise<void> {
  const { board, cadence, signal, now, fact } = context
  const part = board.hosts.get(name)?.patroni
  if (!part || !endpoints.patroni) return
  const client = patroniClient(endpoints.patroni)
  const read = async (): Promise<void> => {
    if (!hostRuns(context, name)) return
    const said = await client.status(timeoutMs)
    if (!hostRuns(context, name) || signal.aborted) return
    const t = now() - (said.ok ? said.ageMs : 0)
    if (!said.ok && !part.view(t).stale) cadence.hurry()
    if (said.ok) part.set(said.value, t)
    else part.fail(said.why)
    const why = said.ok ? {} : { why: said.why }
    fact({ t, source: 'patroni', host: name, reading: said.ok ? said.value : null, ...why })
  }
  await poll({ everyMs: () => (cadence.quick() ? 250 : calmMs), read, cadence, signal })
}
