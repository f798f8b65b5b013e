import type { BackupReading, etcdMember, HostState, PatroniReading, PostgresReading } from '../contract/cluster.js'
import type { z } from 'zod'
import type { LeaseLeft } from './etcd-client.js'

export interface KeyPut {
  /** Without the prefix: leader, members/pg1, ... */
  key: string
  value: string
  /** Lease that the key hangs on, in decimal; null for keys that stay. */
  lease: string | null
  createRevision: number
}

/** One revision of the keys under the prefix, or all of them at once. */
export interface KeyChange {
  revision: number
  /** All keys as they are: the first look, or after a gap. Keys that are not in `puts` are gone. */
  snapshot: boolean
  puts: KeyPut[]
  deletes: string[]
}

export type EtcdMember = z.infer<typeof etcdMember>

/**
 * One thing that one source said, with the app's time. Plain data: a recorded sequence of facts replays every
 * conclusion (tests/unit/cluster/fixtures). `u`: how much earlier it may have become true, in ms. `half`: half of the way
 * there and back in ms; what was answered was true at `t`, give or take that.
 */
export type Fact = { t: number; u?: number; half?: number } & (
  | { source: 'engine'; host: string; state: HostState; first: boolean }
  | { source: 'keys'; change: KeyChange }
  | { source: 'lease'; id: string; left: LeaseLeft | null }
  | { source: 'sql'; host: string; reading: PostgresReading | null; why?: string }
  | { source: 'patroni'; host: string; reading: PatroniReading | null; why?: string }
  | { source: 'proxy'; host: string; answers: boolean; why?: string }
  | { source: 'etcd'; members: EtcdMember[]; quorum: boolean }
  | { source: 'backup'; host: string; reading: BackupReading }
  /** Another clock showed `said` at `t`. */
  | { source: 'clock'; clock: string; said: number }
  /** This machine's clock was set, or the machine slept: what is known lies `axisMs` later on the app's axis now. */
  | { source: 'jump'; byMs: number; axisMs: number }
)
