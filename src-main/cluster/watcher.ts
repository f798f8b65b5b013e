import type { ClusterState, HostState } from '../contract/cluster.js'
import type { Credentials, LabInfo } from '../contract/lab.js'
import type { LabRecord } from '../contract/record.js'
import type { Fact } from './facts.js'

/** What an observer is given: endpoints and streams, never Docker. */
export interface ObserverInput {
  info: LabInfo
  credentials: Credentials
  watchHosts: (signal: AbortSignal) => AsyncIterable<{ host: string; state: HostState }>
  /** `pgbackrest info --output=json` as a repository host prints it. */
  backupInfo: (host: string, signal: AbortSignal) => Promise<string>
  /** The engine's own clock, in ms since 1970; containers share it. */
  engineTime?: () => Promise<number>
  /** Every fact as it comes, for recording sequences that tests replay. */
  onFact?: (fact: Fact) => void
}

/** One observer per lab and process. Merges all sources into a state and into records. */
export interface Observer {
  /** The newest state; `probe` and `faults` are null and [] here, the session fills them in. */
  state(): ClusterState
  /** Called at most every 100 ms while something changes, and at least every second. Returns the way to stop it. */
  onState(listener: (state: ClusterState) => void): () => void
  /** Role, lease, etcd and event records as they are concluded. */
  onRecord(listener: (record: LabRecord) => void): () => void
  stop(): Promise<void>
}
