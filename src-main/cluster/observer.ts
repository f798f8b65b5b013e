import { setMaxListeners } from 'node:events'
import type { ClusterState, HostState } from '../contract/cluster.js'
import type { LabRecord } from '../contract/record.js'
import { repositoriesOf } from '../lab/plan.js'
import { appClock } from '../util/clock.js'
import { logFor } from '../util/log.js'
import { createCadence } from './cadence.js'
import { createClocks } from './clocks.js'
import { createConclusions } from './conclude/index.js'
import { concludeRoles } from './conclude/roles.js'
import { etcdClient } from './etcd-client.js'
import type { Fact } from './facts.js'
import { leaseAt } from './lease.js'
import { livePart } from './live-part.js'
import { createMerge, essenceOf } from './merge.js'
import { dcsPrefix } from './patroni-names.js'
import { backupEveryMs, followBackups } from './sources/backup.js'
import type { Board, HostParts, SourceContext } from './sources/context.js'
import { followEngine } from './sources/engine.js'
import { followEngineClock } from './sources/engine-clock.js'
import { followEtcdStatus } from './sources/etcd-status.js'
import { followKeys, followLease } from './sources/keys.js'
import { followPatroni } from './sources/patroni.js'
import { followPostgres } from './sources/postgres.js'
import { followProxy } from './sources/proxy.js'
import type { Observer, ObserverInput } from './watcher.js'

/** A change that a person would see is told at once after this; one of ages and positions may wait. */
const tellWithinMs = 100
const routineMs = 500
const atLeastEveryMs = 1000

/** Before every source was heard once, or this much time has passed, "unknown" would only mean "not asked yet". */
const warmUpMs = 2000

/** What was concluded before anybody listened: the first to listen gets it. Nobody may, so it has an end. */
const earlyRecordsKept = 200

const log = logFor('observer')

/** One observer per lab and process: begins at once, and watches until `stop`. */
export function createObserver(input: ObserverInput): Observer {
  const { info, credentials, watchHosts, backupInfo, engineTime, onFact } = input
  const ending = new AbortController()
  const { signal } = ending
  setMaxListeners(0, signal) // every source listens to it
  const { now } = appClock
  const cadence = createCadence(() => performance.now())
  const polled = (): number => (cadence.quick() ? 1500 : 3000)
  /** For what is asked every other second while it is calm: the last answer may be that old when it no longer is. */
  const seldom = (): number => (cadence.quick() ? 3000 : 4500)
  const board = createBoard(input, polled, seldom)
  const merge = createMerge(board)
  const conclude = createConclusions(info, board.clocks)
  const roles = concludeRoles()
  const stateListeners = new Set<(state: ClusterState) => void>()
  const recordListeners = new Set<(record: LabRecord) => void>()
  const early: LabRecord[] = []

  let state = merge(now())
  let essence = ''
  let toldAt = 0
  const startedAt = now()
  let warm = false
  let timer: NodeJS.Timeout | null = null
  let due = Infinity

  const record = (records: readonly LabRecord[]): void => {
    for (const one of records) {
      if (one.k === 'event') log.debug({ lab: info.lab, event: one.kind, host: one.host, source: one.source }, one.text)
      if (one.k === 'event' && (one.kind === 'archive' || one.kind === 'backup')) board.backupWantedAt = now()
      if (recordListeners.size === 0 && early.length < earlyRecordsKept) early.push(one)
      for (const listener of recordListeners) listener(one)
    }
  }
  const tell = (): void => {
    timer = null
    due = Infinity
    if (signal.aborted) return
    refresh()
    toldAt = now()
    if (!warm) return schedule(toldAt + tellWithinMs)
    for (const listener of stateListeners) listener(state)
    schedule(toldAt + atLeastEveryMs)
  }
  const schedule = (at: number): void => {
    if (at >= due || signal.aborted) return
    if (timer) clearTimeout(timer)
    due = at
    timer = setTimeout(tell, Math.max(0, at - now()))
  }
  /** Merges anew, and says whether a person would see the difference. */
  const refresh = (): boolean => {
    state = merge(now())
    warm ||= state.at - startedAt > warmUpMs || isHeard(state)
    if (warm) record(roles(state.hosts, state.at))
    const before = essence
    essence = essenceOf(state)
    return essence !== before
  }
  const changed = (): void => {
    const before = state
    const seen = refresh()
    // who leads is what everybody waits for: no throttle, neither for the key nor for the lease that a screen draws it by
    const isNews = state.leader !== before.leader || leaseIdOf(state) !== leaseIdOf(before)
    if (isNews && warm) tell()
    else schedule(toldAt + (seen ? tellWithinMs : routineMs))
  }
  const fact = (one: Fact): void => {
    onFact?.(one)
    record(conclude(one))
    if (one.source === 'lease' || one.source === 'keys') recordLease(one)
    changed()
  }
  /** The saw-tooth: each read, and the moments at which the holder changes. */
  let holder: string | null | undefined
  const recordLease = (one: Fact): void => {
    const { keys, lease } = board
    const held = keys.get('leader')?.value ?? null
    if (one.source === 'keys' && held === holder) return
    holder = held
    const left = lease && leaseAt(lease, one.t)
    const ttlS = left?.ttlS ?? ttlOf(state)
    record([{ t: one.t, k: 'lease', holder: held, leftMs: held === null ? null : (left?.leftMs ?? null), ttlS }])
  }

  const stopClock = appClock.onJump(({ byMs, axisMs }) => {
    shift(board, axisMs)
    fact({ t: now(), source: 'jump', byMs, axisMs })
    cadence.hurry()
  })

  const context: SourceContext = { board, cadence, signal, now, fact }
  const prefix = dcsPrefix(info.scope)
  const sources = [
    followEngine(context, watchHosts),
    followEngineClock(context, engineTime),
    followKeys(context, prefix),
    followLease(context, prefix),
    followEtcdStatus(context),
    followProxy(context),
    followBackups(context, backupInfo),
    ...info.hosts.flatMap((host) => [followPatroni(context, host), followPostgres(context, host, credentials)]),
  ].map((source) => source.catch((err: unknown) => log.error({ lab: info.lab, err }, 'a source ended')))
  schedule(now() + tellWithinMs)

  return {
    state: () => (now() - state.at > 50 ? (state = merge(now())) : state),
    onState(listener) {
      stateListeners.add(listener)
      return () => void stateListeners.delete(listener)
    },
    onRecord(listener) {
      recordListeners.add(listener)
      for (const one of early.splice(0)) listener(one)
      return () => void recordListeners.delete(listener)
    },
    async stop() {
      ending.abort()
      stopClock()
      if (timer) clearTimeout(timer)
      for (const client of board.etcdClients.values()) client.close()
      await Promise.all(sources)
    },
  }
}

/** Whether every source of every host has answered or failed once. */
function isHeard({ hosts, dcs, etcd }: ClusterState): boolean {
  const heard = (part?: { at: number | null; error?: string | undefined }): boolean =>
    !part || part.at !== null || part.error !== undefined
  return [dcs, etcd, ...hosts.flatMap(({ engine, patroni, postgres }) => [engine, patroni, postgres])].every(heard)
}

const leaseIdOf = ({ dcs }: ClusterState): string | null => dcs.value?.lease?.id ?? null

function ttlOf({ dcs }: ClusterState): number {
  const ttl = dcs.value?.config['ttl']
  return typeof ttl === 'number' ? ttl : 30 // Patroni's own default
}

function createBoard({ info }: ObserverInput, polled: () => number, seldom: () => number): Board {
  const hosts = new Map<string, HostParts>()
  const etcdClients = new Map<string, ReturnType<typeof etcdClient>>()
  for (const host of info.hosts) {
    const data = host.services.includes('patroni')
    // the engine tells of changes; until it goes away, no news is no change
    const engine = livePart<HostState>(() => Infinity)
    hosts.set(host.name, { host, engine, ...(data ? { patroni: livePart(seldom), postgres: livePart(polled) } : {}) })
    if (host.endpoints.etcd) etcdClients.set(host.name, etcdClient(host.endpoints.etcd))
  }
  return {
    info,
    hosts,
    keys: new Map(),
    lease: null,
    // longer than an election of etcd, in which nobody can read and nothing can change
    dcs: livePart(() => 2500),
    etcd: livePart(polled),
    proxy: livePart(seldom),
    repositories: new Map(repositoriesOf(info.spec).map((host) => [host, livePart(() => 3 * backupEveryMs)])),
    backupWantedAt: -Infinity,
    etcdClients,
    clocks: createClocks(),
  }
}

/** What was read a moment ago was still read a moment ago when the clock was set meanwhile. */
function shift({ hosts, dcs, etcd, proxy, repositories, lease }: Board, byMs: number): void {
  const parts = [...hosts.values()].flatMap(({ engine, patroni, postgres }) => [engine, patroni, postgres])
  for (const part of [dcs, etcd, proxy, ...repositories.values(), ...parts]) part?.shift(byMs)
  if (!lease) return
  for (const key of ['from', 'to', 'readAt'] as const) lease[key] += byMs
  if (lease.renewedAt !== null) lease.renewedAt += byMs
}
