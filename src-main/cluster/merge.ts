import type { ClusterState, DcsReading, HostRole, HostView, Part } from '../contract/cluster.js'
import { dcsReadingOf, type Keys } from './dcs.js'
import { leaseAt } from './lease.js'
import type { Board } from './sources/context.js'
import { hostViewOf } from './view.js'

/** Puts the board together as the contract has it. Remembers what each host was, for the words about one that is down. */
export function createMerge(board: Board): (now: number) => ClusterState {
  const was = new Map<string, { role: HostRole; timeline: number | null }>()
  let parsed: { keys: Keys; reading: DcsReading } | null = null

  const dcsPart = (now: number): Part<DcsReading> => {
    const { at, stale, error } = board.dcs.view(now)
    // keys change seldom and are JSON; the lease moves all the time
    if (parsed?.keys !== board.keys) parsed = { keys: board.keys, reading: dcsReadingOf(board.keys, null) }
    const lease = board.lease && leaseAt(board.lease, now)
    const value = at === null ? null : { ...parsed.reading, lease: lease && { ...lease, readAt: now } }
    return { value, at, stale, ...(error === undefined ? {} : { error }) }
  }

  return (now) => {
    const dcs = dcsPart(now)
    const etcd = board.etcd.view(now)
    const hosts = [...board.hosts.values()].map((parts): HostView => {
      const name = parts.host.name
      const view = hostViewOf({
        host: parts.host,
        engine: parts.engine.view(now),
        ...(parts.patroni ? { patroni: parts.patroni.view(now) } : {}),
        ...(parts.postgres ? { postgres: parts.postgres.view(now) } : {}),
        dcs,
        etcd,
        was: was.get(name) ?? null,
        now,
      })
      if (['leader', 'sync', 'replica'].includes(view.role)) {
        was.set(name, { role: view.role, timeline: view.timeline ?? was.get(name)?.timeline ?? null })
      }
      return view
    })
    const repositories = [...board.repositories].map(([host, part]) => [host, part.view(now)] as const)
    return {
      lab: board.info.lab,
      at: now,
      hosts,
      // a key that nobody can read now is not the present
      leader: dcs.stale ? null : (dcs.value?.leader ?? null),
      dcs,
      etcd,
      proxy: board.proxy.view(now),
      backup: repositories[0]?.[1] ?? { value: null, at: null, stale: true },
      ...(repositories.length > 1 ? { repositories: Object.fromEntries(repositories) } : {}),
      probe: null,
      faults: [],
      clocks: board.clocks.view(),
    }
  }
}

/** What a person would call a change: everything but ages, positions and lags. */
export function essenceOf(state: ClusterState): string {
  const { leader, hosts, dcs, etcd, proxy, backup, repositories = {} } = state
  return JSON.stringify([
    leader,
    hosts.map(({ role, timeline, note, engine, patroni, postgres }) => [
      [role, timeline, note, engine.value, engine.stale],
      [patroni?.stale, patroni?.value],
      [postgres?.stale, postgres?.value?.readOnly, postgres?.value?.startedAt],
      postgres?.value?.replication.map((row) => [row.applicationName, row.state, row.syncState]),
    ]),
    [
      dcs.stale,
      dcs.value?.sync,
      dcs.value?.config,
      dcs.value?.failover,
      dcs.value?.history.length,
      dcs.value?.lease?.renewedAt,
    ],
    [etcd.stale, etcd.value],
    [proxy.stale, proxy.value],
    [backup, ...Object.values(repositories)].map(({ stale, value }) => [
      stale,
      value?.backups.length,
      value?.archiveMax,
    ]),
  ])
}
