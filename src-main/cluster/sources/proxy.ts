import { poll } from '../cadence.js'
import { proxyStats } from '../haproxy.js'
import { reading } from '../reading.js'
import { hostRuns, type SourceContext } from './context.js'

const timeoutMs = 800

const calmMs = 2000

/** Where clients are sent to write and to read, every other second: of several proxies the first that answers tells. */
export async function followProxy(context: SourceContext): Promise<void> {
  const { board, cadence, signal, now, fact } = context
  const proxies = board.info.hosts.filter(({ endpoints }) => endpoints.proxyStats)
  if (proxies.length === 0) return board.proxy.fail('this topology has no proxy')
  /** Who answered last. */
  let told: string | null = null
  const read = async (): Promise<void> => {
    let silent = 'the host is away'
    for (const { name, endpoints } of proxies) {
      if (!hostRuns(context, name)) continue
      const said = await reading(() => proxyStats(endpoints.proxyStats!, timeoutMs))
      if (signal.aborted) return
      if (!hostRuns(context, name)) continue
      const t = now() - (said.ok ? said.ageMs : 0)
      if (said.ok) {
        board.proxy.set(said.value, t)
        told = name
      } else if (told === name) {
        // news once; one that stays silent beside another that answers is none
        told = null
        cadence.hurry()
      }
      fact({ t, source: 'proxy', host: name, answers: said.ok, ...(said.ok ? {} : { why: said.why }) })
      if (said.ok) return
      silent = said.why
    }
    board.proxy.fail(silent)
  }
  await poll({ everyMs: () => (cadence.quick() ? 250 : calmMs), read, cadence, signal })
}
