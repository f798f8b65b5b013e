import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import type Docker from 'dockerode'
import type { HostState } from '../contract/cluster.js'
import { hostStateOf } from './hosts.js'
import { filterOf, label, type Owner } from './labels.js'

const changes = ['start', 'die', 'kill', 'stop', 'pause', 'unpause', 'destroy', 'oom']
const retryMs = 1_000

interface EngineEvent {
  Action: string
  timeNano: number
  Actor: { Attributes: Record<string, string> }
}

/**
 * State of every host first, then every change as the engine tells it. When the engine goes away this waits for it, and
 * then begins again with every host's state, as changes may have been missed. Ends with the signal.
 */
export async function* watchHosts(
  docker: Docker,
  owner: Owner,
  hosts: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<{ host: string; state: HostState }> {
  while (!signal.aborted) {
    try {
      yield* untilEngineLeaves(docker, owner, hosts, signal)
    } catch {
      // the engine is away; it is asked again below
    }
    await pause(retryMs, undefined, { signal }).catch(() => undefined)
  }
}

async function* untilEngineLeaves(
  docker: Docker,
  owner: Owner,
  hosts: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<{ host: string; state: HostState }> {
  const { label: labels } = filterOf(owner.homeId, owner.lab, 'host')
  // before the snapshot, so that nothing can happen between the two
  const events = await docker.getEvents({
    filters: JSON.stringify({ type: ['container'], event: changes, label: labels }),
    abortSignal: signal,
  } as Docker.GetEventsOptions)
  try {
    for (const host of hosts) yield { host, state: await hostStateOf(docker, owner, host) }
    // the signal here as well: a stream that was aborted before it is read tells readline of no end
    const lines = createInterface({ input: events, crlfDelay: Infinity, signal })
    events.once('close', () => lines.close())
    for await (const line of lines) {
      if (line.trim() === '') continue
      const { Action, timeNano, Actor } = JSON.parse(line) as EngineEvent
      const host = Actor.Attributes[label.host]
      if (host === undefined || !hosts.includes(host) || Action === 'kill' || Action === 'stop') continue
      const state = await hostStateOf(docker, owner, host)
      const at = Math.round(timeNano / 1e6)
      // the engine's clock says when it froze or thawed; the container itself does not keep that
      yield { host, state: Action === 'pause' || Action === 'unpause' ? { ...state, since: at } : state }
    }
  } finally {
    ;(events as NodeJS.ReadableStream & { destroy?: () => void }).destroy?.()
  }
}
