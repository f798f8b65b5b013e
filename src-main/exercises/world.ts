import type { ExecAnswer, Sources } from '../checks/sources.js'
import type { ClusterState } from '../contract/cluster.js'
import type { FaultRecord } from '../contract/fault.js'
import type { LabEvent, LabRecord } from '../contract/record.js'
import type { Terminals } from '../terminal/index.js'

/**
 * What an attempt needs of a lab. api/session.ts composes it from the lab's handle, observer, recorder, probe and
 * faults; unit tests from fakes. Nothing here knows Docker.
 */
export interface World extends Sources {
  readonly lab: string
  readonly topology: string
  /** Patroni's scope, for run blocks: `{{scope}}`. */
  readonly scope: string
  /** The lab's own folder; attempts are kept in `attempts/<id>.json` under it. */
  readonly dir: string
  /** Called when the cluster's state changed. Returns the way to stop it. */
  onCluster(listener: (state: ClusterState) => void): () => void
  /** Called when the recorder kept a record. Returns the way to stop it. */
  onRecord(listener: (record: LabRecord) => void): () => void
  /** Gives an event of the attempt (step.began, check.passed, answer, ...) to the recorder. */
  append(event: LabEvent): void
  /** Starts the probe when it does not run. Called when an attempt begins or resumes. */
  startProbe(): Promise<void>
  readonly faults: FaultControl
  /** Runs a command on a host as postgres: what content does to a lab, and no check. */
  run(host: string, argv: readonly string[], options: { timeoutMs: number; signal: AbortSignal }): Promise<ExecAnswer>
  /**
   * Brings a lab back to health as far as it can without losing data, for the reset of a step: heals faults, starts
   * hosts, starts services that somebody stopped (`sv up`), ends maintenance mode, and puts Patroni's settings back to what
   * the lab was booted with. Resolves when it has done so; health itself is the step's baseline to judge.
   */
  repair(signal: AbortSignal): Promise<void>
}

export interface FaultControl {
  list(): FaultRecord[]
  inject(fault: {
    kind: string
    target: string
    options?: Record<string, unknown>
    by: FaultRecord['by']
  }): Promise<FaultRecord>
  /** Heals one fault, or all of them. */
  heal(id?: string): Promise<FaultRecord[]>
}

/** What a proof needs on top: terminals to type the solution into, and a lab of its own. */
export interface ProofWorld extends World {
  readonly terminals: Pick<Terminals, 'open' | 'watch' | 'ack' | 'write' | 'close'>
  /** Ends everything that this process does with the lab, and removes the lab. */
  remove(): Promise<void>
}
