import type { BackupReading, HostState, PatroniReading, PostgresReading } from '../../contract/cluster.js'
import type { LabHost, LabInfo } from '../../contract/lab.js'
import type { Cadence } from '../cadence.js'
import type { Clocks } from '../clocks.js'
import type { Keys } from '../dcs.js'
import type { EtcdClient } from '../etcd-client.js'
import type { EtcdMember, Fact } from '../facts.js'
import type { ProxyBackend } from '../haproxy.js'
import type { LeaseEstimate } from '../lease.js'
import type { LivePart } from '../live-part.js'

export interface HostParts {
  host: LabHost
  engine: LivePart<HostState>
  patroni?: LivePart<PatroniReading>
  postgres?: LivePart<PostgresReading>
}

export interface EtcdStanding {
  members: EtcdMember[]
  quorum: boolean
}

/** Everything that is known at this moment, written by the sources and read by the merge. */
export interface Board {
  info: LabInfo
  hosts: Map<string, HostParts>
  keys: Keys
  lease: LeaseEstimate | null
  /** Proof that the keys are up to date: a watch event, a lease read, a linearizable read. */
  dcs: LivePart<true>
  etcd: LivePart<EtcdStanding>
  proxy: LivePart<ProxyBackend[]>
  /** By repository host, in the topology's order. */
  repositories: Map<string, LivePart<BackupReading>>
  /** When WAL was archived, or a backup ended, last. */
  backupWantedAt: number
  etcdClients: Map<string, EtcdClient>
  clocks: Clocks
}

/** What a source may use. `fact` takes in what it found; the observer concludes from it. */
export interface SourceContext {
  board: Board
  cadence: Cadence
  signal: AbortSignal
  now: () => number
  fact: (fact: Fact) => void
}

/** False while the engine says that the host does not run: no use in knocking, and no answer would be the present. */
export function hostRuns({ board }: Pick<SourceContext, 'board'>, host: string): boolean {
  const engine = board.hosts.get(host)?.engine.view(0)
  return !engine?.value || engine.stale || engine.value.container === 'running'
}

/** Why a host that does not run can't answer, for the parts that it would fill. */
export function awayBecause(state: HostState): string {
  if (state.container === 'paused') return 'the host is frozen'
  return state.container === 'missing' ? 'the host is gone' : 'the host is down'
}
