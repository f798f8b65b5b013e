import type { HostState } from '../contract/cluster.js'
import type { Credentials, LabInfo } from '../contract/lab.js'
import type { BesideOptions } from '../docker/beside.js'
import type { KernelAbilities } from '../docker/kernel.js'

export interface ExecResult {
  code: number
  stdout: string
  stderr: string
}

export interface ExecOptions {
  /** Default: postgres on hosts that have it. */
  user?: string
  env?: Record<string, string>
  timeoutMs?: number
  signal?: AbortSignal
  /** Written to standard input, which is then closed. */
  input?: string
}

/** An interactive command on a host's pseudo-terminal. */
export interface Tty {
  /** Raw output. `pause()` and `resume()` are the flow control. */
  readonly output: NodeJS.ReadableStream
  /** Resolves when the command's side has room for more. */
  write(data: string): Promise<void>
  resize(cols: number, rows: number): Promise<void>
  /** Sends HUP to the command's session and ends the stream. Idempotent. */
  close(): Promise<void>
}

/** What may be done to a host as a machine. Each resolves when the engine has done it; none proves its effect. */
export interface HostPower {
  kill(host: string): Promise<void>
  stop(host: string, graceSeconds: number): Promise<void>
  pause(host: string): Promise<void>
  unpause(host: string): Promise<void>
  start(host: string): Promise<void>
  /** Percent of one core that all its processes may use together; null: all that there is. Kept over a restart. */
  limitCpu(host: string, percent: number | null): Promise<void>
}

/** A running lab, by name, in this process. Holds no state that Docker and the lab's folder do not. */
export interface LabHandle {
  readonly info: LabInfo
  /** The lab's own folder: lab.json, credentials.json, faults.jsonl, records.jsonl, attempts/. */
  readonly dir: string
  credentials(): Promise<Credentials>
  exec(host: string, argv: readonly string[], options?: ExecOptions): Promise<ExecResult>
  /**
   * Runs a shell script as root in a container of its own that shares the host's network namespace: hosts themselves can
   * not touch, and not see, the filter rules that it makes. Rejects when the host does not run.
   */
  beside(host: string, script: string, options?: BesideOptions): Promise<ExecResult>
  /** What the engine's kernel can do for faults; null until that could be tried. */
  kernel(): Promise<KernelAbilities | null>
  tty(
    host: string,
    argv: readonly string[],
    options: { user?: string; cols: number; rows: number; env?: Record<string, string> },
  ): Promise<Tty>
  /** Hangs up sessions of `tty` whose process on this machine is gone: it was killed. Resolves to their number. */
  hangUpOrphans?(): Promise<number>
  /** The engine's own clock, in ms since 1970. Its hosts share it. */
  engineTime?(): Promise<number>
  readonly power: HostPower
  /** Percent of one core that a host may use, as the engine has it; null: all that there is. */
  cpuLimit(host: string): Promise<number | null>
  /** Present state of every host, from the engine, now. */
  hostStates(): Promise<Record<string, HostState>>
  /** Present state of every host first, then every change as the engine tells it. Ends with the signal. */
  watchHosts(signal: AbortSignal): AsyncIterable<{ host: string; state: HostState }>
}
