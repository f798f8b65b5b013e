import type { BackupReading, ClusterState, HostRole, HostView } from '../../src-main/contract/cluster.js'
import type { Violation } from '../timeline/violations.js'
import type { FaultRecord } from '../../src-main/contract/fault.js'
import type { LabInfo } from '../../src-main/contract/lab.js'

export type Tone = 'ink' | 'ink2' | 'ink3' | 'leader' | 'sync' | 'repl' | 'etcd' | 'fault' | 'unk'

/** One line in a box. `value` stands at its right edge. */
export interface Fact {
  text: string
  /** Said where the text has no room. */
  short?: string
  tone: Tone
  value?: string
  valueTone?: Tone
}

export interface SceneInput {
  info: LabInfo
  state: ClusterState
  /** The moment that is shown, in epoch ms on the app's clock: now, or one that was. */
  now: number
  /** Times on screen are counted from here. */
  zero: number
  /** The state was put together from records: what nobody recorded is left out, not called unknown. */
  recorded: boolean
  /** Safety rules that were broken at that moment. */
  violations?: readonly Violation[]
}

export const roleTone: Record<HostRole, Tone> = {
  leader: 'leader',
  sync: 'sync',
  replica: 'repl',
  starting: 'ink',
  none: 'ink2',
  down: 'fault',
  frozen: 'fault',
  unknown: 'unk',
}

export const byWords: Record<FaultRecord['by'], string> = {
  learner: ' by you',
  exercise: ' by the exercise',
  cli: ' from the command line',
  proof: ' by the proof',
}

/** A part's value while it may be taken as the truth of the moment. */
export const fresh = <T>(part: { value: T | null; stale: boolean } | undefined): T | null =>
  part && !part.stale ? part.value : null

/** In a lab's first minute its stanza is still being created: that nothing is stored is no fault. */
export const awaitsStanza = (
  { info, now }: Pick<SceneInput, 'info' | 'now'>,
  { stanzaOk, backups }: BackupReading,
): boolean => !stanzaOk && backups.length === 0 && now - info.createdAt < 60_000

export const viewOf = (state: ClusterState, name: string): HostView | undefined =>
  state.hosts.find((host) => host.name === name)

export const isAway = (view: HostView | undefined): boolean => view?.role === 'down' || view?.role === 'frozen'

/** The site of a host; undefined is the main one. */
export const siteOf = ({ info }: Pick<SceneInput, 'info'>, host: string | null): string | undefined =>
  info.hosts.find(({ name }) => name === host)?.site

/** The host that takes the writes, or took them last: by its role, by the key, by what the standbys were told. */
export function primaryOf({ state }: Pick<SceneInput, 'state'>): string | null {
  const leads = state.hosts.find(({ role }) => role === 'leader')
  if (leads) return leads.name
  const writes = state.hosts.find((host) => fresh(host.postgres)?.inRecovery === false)
  return writes?.name ?? state.leader ?? state.dcs.value?.sync.leader ?? null
}

/** Whether a member of etcd counts: one that is cut off from a leader answers this machine all the same. */
export function hasVote({ members, quorum }: NonNullable<ClusterState['etcd']['value']>, name: string): boolean {
  const member = members.find((each) => each.name === name)
  return member !== undefined && member.answers && !(quorum && member.error !== undefined)
}
