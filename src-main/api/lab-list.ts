import type { LabInfo } from '../contract/lab.js'
import type { LabSummary } from '../contract/rpc.js'
import { listAttempts } from '../exercises/attempt-state.js'
import { listLabs, openLab } from '../lab/labs.js'
import type { Home } from '../lab/store.js'
import type { LabSession } from './session.js'

type HostSummaries = LabSummary['hosts']

/** Every lab here, oldest first. Hosts: from the session's observer when there is one, otherwise from the engine. */
export async function summariseLabs(home: Home, peek: (lab: string) => LabSession | null): Promise<LabSummary[]> {
  return await Promise.all((await listLabs(home)).map((info) => summarise(home, info, peek(info.lab))))
}

async function summarise(home: Home, info: LabInfo, session: LabSession | null): Promise<LabSummary> {
  const { lab, topology, state, createdAt } = info
  const [hosts, attempt] = await Promise.all([
    (session && hostsOf(session)) ?? hostsByEngine(home, lab),
    runningAttempt(home, lab),
  ])
  return { lab, topology, state, createdAt, hosts, attempt }
}

/** Null while the observer has not seen every host yet. */
function hostsOf(session: LabSession): HostSummaries | null {
  const seen = session
    .state()
    .hosts.flatMap(({ name, engine }) => (engine.value ? [{ name, container: engine.value.container }] : []))
  return seen.length === session.state().hosts.length ? seen : null
}

/** Empty when the engine does not answer: what nobody knows is not listed. */
async function hostsByEngine(home: Home, lab: string): Promise<HostSummaries> {
  try {
    const states = await (await openLab(lab, home)).hostStates()
    return Object.entries(states).map(([name, { container }]) => ({ name, container }))
  } catch {
    return []
  }
}

async function runningAttempt(home: Home, lab: string): Promise<string | null> {
  try {
    const { dir } = await openLab(lab, home)
    return (await listAttempts(dir)).find(({ state }) => state === 'running')?.id ?? null
  } catch {
    return null
  }
}
