import type { ObserverInput } from '../watcher.js'
import { awayBecause, type SourceContext } from './context.js'

/** Hosts as machines. A host that stopped or froze takes its services' parts with it at once, before any timeout. */
export async function followEngine(context: SourceContext, watchHosts: ObserverInput['watchHosts']): Promise<void> {
  const { board, cadence, signal, now, fact } = context
  while (!signal.aborted) {
    try {
      for await (const { host, state } of watchHosts(signal)) {
        const parts = board.hosts.get(host)
        if (!parts) continue
        const before = parts.engine.view(now()).value
        parts.engine.set(state, now())
        if (state.container !== 'running') {
          parts.patroni?.fail(awayBecause(state))
          parts.postgres?.fail(awayBecause(state))
        }
        if (before && (before.container !== state.container || before.since !== state.since)) cadence.hurry()
        fact({ t: now(), source: 'engine', host, state, first: before === null })
      }
    } catch {
      // told as stale parts below; the stream is opened again as long as the observer lives
    }
    if (signal.aborted) return
    for (const { engine } of board.hosts.values()) engine.fail('the engine does not tell')
    await cadence.sleep(1000, signal)
  }
}
