import type { ClusterState } from '../contract/cluster.js'
import type { ProbeStats } from '../contract/probe.js'
import type { LabRecord } from '../contract/record.js'

/** Where a statement goes: to one host directly, or by the client's route through the proxy. */
export type SqlRoute = { host: string } | { client: 'readWrite' | 'readOnly' }

export interface QueryOptions {
  /** As the superuser (default) or as the application's user. */
  as?: 'superuser' | 'app'
  timeoutMs: number
}

/**
 * Everything that a check may ask. Each call asks the live lab, or gives what was last read with its age; none of them
 * can change anything. A rejected promise means "could not ask", and never "no".
 */
export interface Sources {
  /** Every host of the topology, in its order. */
  readonly hosts: readonly string[]
  /** The observer's newest state, with `probe` and `faults` filled in. */
  cluster(): ClusterState
  /** The flight recorder's records from `since` (epoch ms) on, in the order of their time. */
  records(since: number): readonly LabRecord[]
  /** One statement in a READ ONLY transaction, rolled back afterwards. Rows as pg parses them. */
  query(route: SqlRoute, sql: string, options: QueryOptions): Promise<Record<string, unknown>[]>
  /** GET of Patroni's REST API on a host, for example `/cluster`. The parsed body, whatever the status says. */
  patroni(host: string, path: string, options: { timeoutMs: number }): Promise<unknown>
  /** A command on a host that only reads: no terminal, no standard input. */
  exec(host: string, argv: readonly string[], options: { timeoutMs: number }): Promise<ExecAnswer>
  readonly probe: ProbeSource
}

export interface ExecAnswer {
  code: number
  stdout: string
  stderr: string
}

export interface ProbeSource {
  /** null: no probe was ever started in this lab. */
  stats(): ProbeStats | null
  /** Compares the ledger of acknowledged writes with the table on the present primary. Rejects when nobody can be asked. */
  verify(): Promise<ProbeStats>
}
