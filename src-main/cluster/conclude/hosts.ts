import type { HostState } from '../../contract/cluster.js'
import type { LabEvent } from '../../contract/record.js'
import { engineClock, type Clocks } from '../clocks.js'
import type { Fact } from '../facts.js'
import { event } from './event.js'

/** Events of hosts as machines, from what the engine says: a change of the container is a change of the world. */
export function concludeHosts(clocks: Clocks): (fact: Fact) => LabEvent[] {
  const known = new Map<string, HostState>()
  return (fact) => {
    if (fact.source !== 'engine') return []
    const { host, state } = fact
    const before = known.get(host)
    known.set(host, state)
    if (!before) return []
    const since = clocks.toApp(engineClock, state.since) ?? { t: state.since, u: 0 }
    return eventsOf(host, before, { ...state, since: since.t }, fact.t, since.u)
  }
}

const isGone = ({ container }: HostState): boolean => container === 'exited' || container === 'missing'

function eventsOf(host: string, before: HostState, now: HostState, t: number, u: number): LabEvent[] {
  // the engine's own time of the change, unless it only tells of an old one
  const at = Math.abs(t - now.since) < 10_000 ? Math.min(now.since, t) : t
  const late = at === t && now.since < t ? { u: Math.min(t - now.since, 10_000) } : { u }
  const tell = (kind: LabEvent['kind'], text: string): LabEvent => {
    const { how, exitCode } = now
    const data = { ...(how ? { how } : {}), ...(exitCode === undefined ? {} : { exitCode }) }
    return event(at, kind, 'engine', text, { host, data, ...late })
  }
  if (!isGone(before) && isGone(now)) {
    if (now.how === 'stopped') return [tell('host.stopped', `${host} stopped`)]
    if (now.how === 'died')
      return [tell('host.crashed', `${host} ended by itself, exit code ${now.exitCode ?? 'unknown'}`)]
    return [tell('host.crashed', `crash ${host}`)]
  }
  if (isGone(before) && !isGone(now)) {
    const started = tell('host.started', `${host} starts`)
    return now.container === 'paused' ? [started, tell('host.frozen', `${host} freezes`)] : [started]
  }
  if (before.container === 'running' && now.container === 'paused') return [tell('host.frozen', `freeze ${host}`)]
  if (before.container === 'paused' && now.container === 'running') return [tell('host.thawed', `${host} thaws`)]
  return []
}
