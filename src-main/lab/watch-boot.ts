import { setTimeout as pause } from 'node:timers/promises'
import type { Credentials, LabHost, LabInfo } from '../contract/lab.js'
import type { Progress } from './boot-progress.js'
import { firstLeaderOf } from './plan.js'
import { clientRoute, etcdHealthy, patroniSays, wakePatroni } from './health.js'

const everyMs = 150
/** Patroni asks PostgreSQL for every answer: it has better things to do during a boot. */
const everyPatroniMs = 300
/** SQL decides, so it is asked more often than what only tells how far a boot is. */
const everySqlMs = 25
const wakeEveryMs = 200
const showForMs = 10_000

/**
 * Watches a lab whose hosts run until it is healthy: a write commits on the client's route, and the standbys that the
 * topology expects stream there. Tells the progress what is seen. Rejects only when the signal aborts.
 */
export async function watchUntilHealthy(
  info: LabInfo,
  credentials: Credentials,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const ended = new AbortController()
  const watching = AbortSignal.any([signal, ended.signal])
  const answer = { healthy: false }
  progress.begin('etcd')
  progress.begin('proxy')
  const members = Promise.all([
    watchEtcd(info, progress, watching),
    watchPatroni(info, progress, watching, () => answer.healthy),
  ])
  try {
    await untilSqlAgrees(info, credentials, progress, signal)
    answer.healthy = true
  } catch (error) {
    ended.abort()
    throw error
  } finally {
    // what is only shown may come a little later
    void Promise.race([members, pause(showForMs)]).then(() => ended.abort())
  }
}

async function repeat(signal: AbortSignal, look: () => Promise<boolean>, pauseMs = everyMs): Promise<void> {
  while (!signal.aborted) {
    const done = await look().catch(() => false)
    if (done) return
    await pause(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}

async function watchEtcd({ hosts }: LabInfo, progress: Progress, signal: AbortSignal): Promise<void> {
  const members = hosts.filter(({ endpoints }) => endpoints.etcd)
  let answering = 0
  await Promise.all(
    members.map(({ name, endpoints }) =>
      repeat(signal, async () => {
        if (!(await etcdHealthy(endpoints.etcd!, signal))) return false
        answering++
        progress.service(name, 'etcd', 'up', 'answers, sees quorum')
        progress.detail('etcd', `${answering} of ${members.length} members answer`)
        progress.begin('leader')
        if (answering === members.length) progress.end('etcd')
        return true
      }),
    ),
  )
}

async function watchPatroni(
  { hosts, spec }: LabInfo,
  progress: Progress,
  signal: AbortSignal,
  over: () => boolean,
): Promise<void> {
  const first = firstLeaderOf(spec)
  const watchOne = ({ name, endpoints }: LabHost): Promise<void> =>
    repeat(
      signal,
      async () => {
        const { role, state } = await patroniSays(endpoints.patroni!, signal)
        const up = state === 'running' || state === 'streaming'
        progress.service(name, 'patroni', up ? 'up' : 'starting', up ? `${role}, ${state}` : state)
        if (role === 'primary' && up) {
          progress.end('leader')
          progress.begin('standby')
        } else progress.detail(name === first ? 'leader' : 'standby', `${name}: ${state}`)
        return up && over() // its state goes on changing until the lab is healthy
      },
      everyPatroniMs,
    )
  await Promise.all(hosts.filter(({ endpoints }) => endpoints.patroni).map(watchOne))
}

async function untilSqlAgrees(
  info: LabInfo,
  credentials: Credentials,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { streaming, synchronous } = expectedStandbys(info)
  const members = info.hosts.filter(({ endpoints }) => endpoints.patroni).map(({ name }) => name)
  const route = clientRoute(info.client.readWrite, credentials, members)
  const wake = atMostEvery(wakeEveryMs, () => wakeAll(info, credentials))
  const look = async (): Promise<boolean> => {
    const seen = await route.read()
    if (seen.inRecovery) return false
    progress.end('leader')
    progress.end('proxy')
    for (const { name, endpoints } of info.hosts) {
      if (endpoints.proxyWrite) progress.service(name, 'haproxy', 'up', 'leads to the leader')
    }
    progress.begin('standby')
    progress.detail(
      'standby',
      `${seen.streaming} of ${streaming} stream, ${seen.synchronous} of ${synchronous} synchronous`,
    )
    if (seen.slots < streaming || (seen.streaming >= streaming && seen.synchronous < synchronous)) wake()
    if (seen.streaming < streaming || seen.synchronous < synchronous) return false
    progress.end('standby')
    progress.begin('write')
    await route.write()
    progress.end('write')
    return true
  }
  try {
    await repeat(signal, look, everySqlMs)
    signal.throwIfAborted()
  } finally {
    route.close()
  }
}

/** Calls now, then not again before the time is over. */
function atMostEvery(pauseMs: number, act: () => Promise<unknown>): () => void {
  let last = -Infinity
  return () => {
    if (performance.now() - last < pauseMs) return
    last = performance.now()
    void act()
  }
}

/**
 * The settings decide whether anybody is synchronous, whatever the topology expects by default. In synchronous mode one
 * is waited for wherever somebody streams: until Patroni has chosen one, the loss of the leader leaves nobody to follow it.
 */
export function expectedStandbys({ spec, settings }: Pick<LabInfo, 'spec' | 'settings'>): {
  streaming: number
  synchronous: number
} {
  const { streaming, synchronous } = spec.healthy.standbys
  return {
    streaming,
    synchronous: settings.patroni.synchronous_mode ? Math.max(synchronous, Math.min(1, streaming)) : 0,
  }
}

/**
 * The leader makes the slots of its standbys, and picks the synchronous one, when it next looks: no need to wait for
 * that. It looks last, because it picks by what the others said of themselves.
 */
async function wakeAll({ hosts, spec, settings }: LabInfo, credentials: Credentials): Promise<void> {
  const first = firstLeaderOf(spec)
  for (const leads of [false, true]) {
    const patronis = hosts.filter(({ name, endpoints }) => endpoints.patroni && (name === first) === leads)
    await Promise.allSettled(
      patronis.map(({ endpoints }) => wakePatroni(endpoints.patroni!, credentials.patroniRest, settings.patroni.ttl)),
    )
  }
}
