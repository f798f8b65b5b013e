import type { ClusterState, HostView, Part } from '../../contract/cluster.js'
import type { HealthFinding, HealthSubsystem } from '../../contract/health.js'
import type { LabHost, LabInfo } from '../../contract/lab.js'
import type { EventKind } from '../../contract/record.js'
import type { ServiceName } from '../../contract/topology.js'

/** A certificate that lies on a host, and when it is over (epoch ms). */
export interface CertificateFacts {
  path: string
  until: number
}

/** What a host says of itself as a machine. */
export interface HostFacts {
  /** File systems of its own, and the one that all hosts share (`/`). */
  disks: { mount: string; usedPercent: number; freeBytes: number }[]
  /** As the supervisor has it. */
  services: { service: string; up: boolean; forS: number }[]
  certificates: CertificateFacts[]
}

export interface HealthInput {
  info: Pick<LabInfo, 'lab' | 'topology' | 'scope' | 'createdAt' | 'hosts' | 'spec'>
  state: ClusterState
  /** By host; null where it could not be asked. */
  facts: Readonly<Record<string, HostFacts | null>>
  /** When the newest event of one of these kinds came, of that host where one is given; null: none was recorded. */
  eventAt(kinds: readonly EventKind[], host?: string): number | null
  now: number
}

/** One or more things that are wrong, from what is known now; pure. */
export type Rule = (input: HealthInput) => HealthFinding[]

/** A host that has just begun may take so long until its services answer: no alarm before. */
export const startsWithinMs = 30_000
/** One answer that came late is no silence. */
export const silentMs = 5_000
/** The first backup, and archiving with it, come after the lab is healthy. */
export const firstBackupWithinMs = 180_000

export const fresh = <T>(part: Part<T> | undefined): T | null => (part && !part.stale ? part.value : null)

export const viewOf = ({ state }: HealthInput, host: string): HostView | undefined =>
  state.hosts.find(({ name }) => name === host)

export const hostsRunning = (input: HealthInput, service: ServiceName): LabHost[] =>
  input.info.hosts.filter(({ services }) => services.includes(service))

/** Whether a host runs, and has for long enough that its services ought to answer. */
export function isSettled(input: HealthInput, host: string): boolean {
  const engine = fresh(viewOf(input, host)?.engine)
  return engine?.container === 'running' && input.now - engine.since >= startsWithinMs
}

/** The data host that holds the leader key and writes, by fresh evidence. */
export function primaryOf(input: HealthInput): HostView | null {
  const leader = input.state.hosts.find(({ name }) => name === input.state.leader)
  return leader && fresh(leader.postgres)?.inRecovery === false ? leader : null
}

/** Whether a source has been silent for so long that it is no hiccup. One that was never asked is not silent. */
export function isSilent(part: Part<unknown> | undefined, now: number): boolean {
  if (!part || !part.stale) return false
  return part.at === null ? part.error !== undefined : now - part.at >= silentMs
}

/** A command on a host, as somebody in front of the app types it. */
export const onHost = ({ info }: HealthInput, host: string, command: string): string =>
  `dojo exec ${info.lab} ${host} -- ${command}`

/** psql on a host, as its superuser. */
export const sqlOn = (input: HealthInput, host: string, sql: string): string => onHost(input, host, `psql -Xc "${sql}"`)

type About = { rule: string; subsystem: HealthSubsystem; host?: string | null; severity?: HealthFinding['severity'] }

export const finding = (
  { rule, subsystem, host = null, severity = 'critical' }: About,
  said: { text: string; since?: number | null; next: string },
): HealthFinding => ({ rule, subsystem, host, severity, text: said.text, since: said.since ?? null, next: said.next })
