import { setTimeout as pause } from 'node:timers/promises'
import type { HostState } from '../contract/cluster.js'
import type { LabHandle } from '../lab/handle.js'
import { logFor } from '../util/log.js'

const log = logFor('terminal')
/** The engine restarts in about 2 s; asking more often gains nothing. */
const againAfterMs = 1_000

/**
 * Tells every state of every host of a lab until the signal aborts. The engine's stream may break (the engine is
 * restarted): it is opened again, and tells all present states anew.
 */
export async function followHosts(
  handle: Pick<LabHandle, 'watchHosts' | 'info'>,
  onState: (host: string, state: HostState) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const { host, state } of handle.watchHosts(signal)) {
        if (signal.aborted) return
        onState(host, state)
      }
    } catch (err) {
      if (!signal.aborted) log.warn({ lab: handle.info.lab, err }, 'watching the hosts broke off: tried again')
    }
    await pause(againAfterMs, undefined, { signal }).catch(() => undefined)
  }
}

/** How a host that does not run is described, after its name. */
export const whyGone = (state: HostState): string => {
  if (state.container === 'missing') return 'was removed'
  return { killed: 'crashed', stopped: 'was stopped', died: 'went down' }[state.how ?? 'died']
}
