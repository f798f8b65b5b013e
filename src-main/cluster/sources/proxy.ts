import { poll } from '../cadence.js'
import { proxyStats } from '../haproxy.js'
import { reading } from '../reading.js'
import { hostRuns, type SourceContext } from './context.js'

const timeoutMs = 800

/** Where the proxy sends writes and reads, once a second. */
export async function followProxy(context: SourceContext): Promise<void> {
  const { board, cadence, signal, now, changed } = context
  const proxy = board.info.hosts.find(({ endpoints }) => endpoints.proxyStats)
  const endpoint = proxy?.endpoints.proxyStats
  if (!proxy || !endpoint) return board.proxy.fail('this topology has no proxy')
  const read = async (): Promise<void> => {
    if (!hostRuns(context, proxy.name)) return board.proxy.fail('the host is away')
    const said = await reading(() => proxyStats(endpoint, timeoutMs))
    if (said.ok) board.proxy.set(said.value, now() - said.ageMs)
    else board.proxy.fail(said.why)
    changed()
  }
  await poll({ everyMs: () => (cadence.quick() ? 250 : 1000), read, cadence, signal })
}
