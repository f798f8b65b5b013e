import { poll } from '../cadence.js'
import { proxyStats } from '../haproxy.js'
import { reading } from '../reading.js'
import { hostRuns, type SourceContext } from './context.js'

const timeoutMs = 800

const calmMs = 2000

/** Where the proxy sends writes and reads, every other second. */
export async function followProxy(context: SourceContext): Promise<void> {
  const { board, cadence, signal, now, fact } = context
  const proxy = board.info.hosts.find(({ endpoints }) => endpoints.proxyStats)
  const endpoint = proxy?.endpoints.proxyStats
  if (!proxy || !endpoint) return board.proxy.fail('this topology has no proxy')
  const read = async (): Promise<void> => {
    if (!hostRuns(context, proxy.name)) return board.proxy.fail('the host is away')
    const said = await reading(() => proxyStats(endpoint, timeoutMs))
    if (!hostRuns(context, proxy.name) || signal.aborted) return
    const t = now() - (said.ok ? said.ageMs : 0)
    if (!said.ok && !board.proxy.view(t).stale) cadence.hurry()
    if (said.ok) board.proxy.set(said.value, t)
    else board.proxy.fail(said.why)
    fact({ t, source: 'proxy', host: proxy.name, answers: said.ok, ...(said.ok ? {} : { why: said.why }) })
  }
  await poll({ everyMs: () => (cadence.quick() ? 250 : calmMs), read, cadence, signal })
}
