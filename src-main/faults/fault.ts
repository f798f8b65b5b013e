import { z } from 'zod'
import type { HostState } from '../contract/cluster.js'
import type { FaultCut, FaultKindInfo, FaultRecord, FaultSchedule, Proof } from '../contract/fault.js'
import type { LabHost } from '../contract/lab.js'
import type { Row } from '../cluster/postgres.js'
import type { SecuredService } from '../lab/certificates.js'
import type { ExecOptions, ExecResult, HostPower, LabHandle } from '../lab/handle.js'
import type { KeyPair, Subject } from '../lab/pki.js'

/** A verb of HostPower that already knows its host. */
type OnTarget<F> = F extends (host: string, ...rest: infer R) => Promise<void> ? (...rest: R) => Promise<void> : never

/** All that a fault may touch: its target, and what it has to know of the lab around it. */
export interface FaultTarget {
  id: string
  target: LabHost
  appliedAt: number
  power: { [Verb in keyof HostPower]: OnTarget<HostPower[Verb]> }
  /** Percent of one core that the target may use, as the engine has it; null: all that there is. */
  cpuLimit(): Promise<number | null>
  /** From the engine, now: the target, or any host. */
  state(): Promise<HostState>
  stateOf(host: string): Promise<HostState>
  /** As root on the target. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>
  /** Every host of the lab, the target among them. */
  hosts: readonly LabHost[]
  /** As root on another host that has a part in the fault. */
  execOn: LabHandle['exec']
  /** Beside a host, in its network and with NET_ADMIN: the host itself can neither undo nor see what is done there. */
  beside: LabHandle['beside']
  /** Rows of one statement on a host's PostgreSQL, as the superuser and past every proxy. */
  sql(host: string, statement: string): Promise<Row[]>
  /**
   * Which of the target's ports answer, asked from outside in their own protocols: those of supervised services, or with
   * `everything` PostgreSQL's as well.
   */
  answering(everything: boolean): Promise<Answering>
  /** A new certificate for a service of the target, by the lab's own authority. Rejects where the lab speaks no TLS. */
  issue(service: SecuredService, validity?: Subject['validity']): Promise<KeyPair>
  /** Kept with the fault's record on disk, so that a restarted app can heal it. */
  notes: Record<string, unknown>
  /** Brings `notes` to the disk now: before an act that only they can undo. */
  save(): Promise<void>
}

export interface FaultContext<O> extends FaultTarget {
  options: O
}

export interface Answering {
  up: string[]
  silent: string[]
}

export interface FaultKind<S extends z.ZodObject = z.ZodObject> {
  readonly kind: string
  readonly group: FaultKindInfo['group']
  /** One line for lists. */
  readonly summary: string
  /** A button's words, with {host}. */
  readonly action: string
  /** What is read to prove its effect, in one sentence; for docs. */
  readonly proves: string
  readonly targets: FaultKindInfo['targets']
  readonly options: S
  /**
   * What the host must be like before: its container's state, and with it which faults exclude each other.
   * `down` is exited or missing.
   */
  readonly needs: 'running' | 'down' | 'frozen'
  /** What the engine's kernel must be able to do. */
  readonly requires?: 'nft' | 'netem' | 'tbf'
  /** The host neither runs nor answers while it is active: nothing else can be done to it. */
  readonly halts?: boolean
  /** A second one of this kind on the same target is refused while one is active. */
  readonly alone?: boolean
  /** Directions of links that it cuts, for the picture. */
  cuts?(context: FaultContext<z.output<S>>): FaultCut[]
  /** Nothing is left to heal once it took effect: it ends by itself, or it is a repair. */
  momentary?(options: z.output<S>): boolean
  /** `apply` keeps in `notes`, and on the disk, what healing needs, before it acts: without notes nothing was done. */
  readonly notesFirst?: boolean
  /** Faults on the same target that are over when this one has taken effect. */
  readonly ends?: readonly string[]
  /** Refuses in the user's words what can't be done, for reasons beyond `needs`. Null: go on. */
  refuses?(context: FaultContext<z.output<S>>): Promise<string | null>
  /** Does it, and says what it did in one sentence. May write to `notes` before it acts. */
  apply(context: FaultContext<z.output<S>>): Promise<string>
  /** Polled until it holds. Asks the engine, the kernel or a port, not the tool that `apply` used. */
  proveEffect(context: FaultContext<z.output<S>>): Promise<Proof>
  readonly effectWithinMs: number
  heal(context: FaultContext<z.output<S>>): Promise<void>
  proveHealed(context: FaultContext<z.output<S>>): Promise<Proof>
  readonly healedWithinMs: number
  /** Whether the world as it is now still carries this fault; false when somebody undid it by hand. */
  holdsStill(context: FaultContext<z.output<S>>): Promise<boolean>
  /** Says why it is over when it no longer holds, with {host}. Default: the host is back, by another hand. */
  readonly whenGone?: string
}

export interface FaultRequest {
  kind: string
  /** A host's name, or a role: leader, sync-standby, any-replica, witness, etcd-leader. */
  target: string
  options?: Record<string, unknown>
  by?: FaultRecord['by']
  /** Default: now, and until it is healed. */
  schedule?: FaultSchedule | undefined
}

/** Returns its argument; it is here for inference. */
export const defineFault = <S extends z.ZodObject>(kind: FaultKind<S>): FaultKind<S> => kind

/** A kind as screens, `dojo fault --help` and docs show it. */
export const infoOf = ({ kind, group, summary, action, targets, options, ends }: FaultKind): FaultKindInfo => ({
  kind,
  group,
  summary,
  action,
  targets,
  options: z.toJSONSchema(options, { io: 'input' }) as Record<string, unknown>,
  ...(ends && { ends: [...ends] }),
})

/** For a proof: whether a host's container is gone and none of its ports answers. */
export async function proveSilent(context: FaultTarget, wanted: HostState['container'], word: string): Promise<Proof> {
  const [state, { up, silent }] = await Promise.all([context.state(), context.answering(true)])
  const ports =
    up.length + silent.length === 0
      ? 'it publishes no port'
      : up.length > 0
        ? `${up.join(', ')} still answers`
        : `${silent.join(', ')} silent`
  return {
    holds: state.container === wanted && up.length === 0,
    observed: `engine: ${state.container}${word}; ports: ${ports}`,
  }
}

/** For a proof: the container runs, the supervisor says that its services run, and those with a port answer there. */
export async function proveServing(context: FaultTarget): Promise<Proof> {
  const state = await context.state()
  if (state.container !== 'running') return { holds: false, observed: `engine: ${state.container}` }
  const { services } = context.target
  const [{ up, silent }, supervised] = await Promise.all([
    context.answering(false),
    context.exec(['sv', 'status', ...services], { timeoutMs: 5_000 }),
  ])
  const stopped = supervised.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('run:'))
  const observed = [
    'engine: running',
    `services: ${stopped.length === 0 ? `${services.join(', ')} run` : stopped.join('; ')}`,
    ...(silent.length > 0 ? [`silent: ${silent.join(', ')}`] : up.length > 0 ? [`answering: ${up.join(', ')}`] : []),
  ]
  return { holds: silent.length === 0 && stopped.length === 0, observed: observed.join('; ') }
}
