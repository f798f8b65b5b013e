import type { HostRole, HostView } from '../../src-main/contract/cluster.js'
import type { LabHost } from '../../src-main/contract/lab.js'
import { kindOf, type HostKind } from './places.js'
import { hasVote, roleTone, type Fact, type SceneInput, type Tone } from './scene-base.js'
import { backupFacts, otherFacts, routeFacts, voteFacts } from './scene-services.js'
import { dataFacts, goneFacts, ringOf, type RingView } from './scene-data.js'
import { agoText } from '../timeline/words.js'

export interface HostCard {
  name: string
  kind: HostKind
  role: HostRole
  tone: Tone
  /** "LEADER", "HOST DOWN"; null for hosts without a part in replication while they run. */
  word: string | null
  /** At the header's right: the timeline, the time since it went, or the address. */
  right: string
  rightTone: Tone
  facts: Fact[]
  ring: RingView | null
  /** Its vote, where it has one. */
  etcd: 'votes' | 'lost' | 'unknown' | null
  explain: string
}

const roleWords: Record<HostRole, string> = {
  leader: 'LEADER',
  sync: 'SYNC STANDBY',
  replica: 'REPLICA',
  starting: 'STARTING',
  none: 'NO ROLE',
  down: 'HOST DOWN',
  frozen: 'FROZEN',
  unknown: 'UNKNOWN',
}

/** One host as its box says it. */
export function hostCard(input: SceneInput, host: LabHost): HostCard {
  const { state, now } = input
  const kind = kindOf(host.services)
  const view = state.hosts.find(({ name }) => name === host.name)
  const role: HostRole = view?.role ?? 'unknown'
  const away = role === 'down' || role === 'frozen'
  const since = view?.engine.value?.since
  const ring = kind === 'data' ? ringOf(input, host.name, role) : null
  const card = {
    name: host.name,
    kind,
    role,
    tone: roleTone[role],
    word: kind === 'data' || role === 'starting' || role === 'unknown' || away ? roleWords[role] : null,
    right: rightOf(view, host, away, since ? now - since : null),
    rightTone: (away || view?.timeline ? 'ink' : 'ink3') as Tone,
    ring,
    etcd: voteOf(input, host),
  }
  const facts = view ? factsOf(input, host, view, kind, ring) : [{ text: 'nothing is known yet', tone: 'ink3' as Tone }]
  return { ...card, facts, explain: explainOf(card, view, facts, host.site) }
}

function rightOf(view: HostView | undefined, host: LabHost, away: boolean, goneMs: number | null): string {
  if (away) return goneMs === null ? '' : agoText(goneMs)
  return view?.timeline && view.role !== 'starting' ? `timeline ${view.timeline}` : host.address
}

function factsOf(input: SceneInput, host: LabHost, view: HostView, kind: HostKind, ring: RingView | null): Fact[] {
  if (view.role === 'down' || view.role === 'frozen') return goneFacts(input, view, ring)
  if (kind === 'data') return dataFacts(input, host, view, ring)
  if (kind === 'route') return routeFacts(input, host)
  if (kind === 'backup') return backupFacts(input, view)
  return kind === 'vote' ? voteFacts(input, view) : otherFacts(host)
}

function voteOf({ state, info }: SceneInput, host: LabHost): HostCard['etcd'] {
  if (!info.hosts.some(({ name, services }) => name === host.name && services.includes('etcd'))) return null
  if (!state.etcd.value || state.etcd.stale) return 'unknown'
  return hasVote(state.etcd.value, host.name) ? 'votes' : 'lost'
}

const parts: Record<HostKind, string> = {
  data: 'A data host: PostgreSQL under Patroni',
  route: 'The address that clients know; it asks each Patroni who is primary',
  vote: 'A third vote; it holds no data',
  backup: 'Keeps backups and archived WAL',
  other: 'A host',
}

function explainOf(
  card: Pick<HostCard, 'name' | 'kind' | 'word' | 'role'>,
  view: HostView | undefined,
  facts: Fact[],
  site: string | undefined,
): string {
  const said = view?.note || facts.map(({ text, value }) => (value ? `${text} ${value}` : text)).join(', ')
  return `${card.name}: ${card.word ? `${card.word.toLowerCase()}. ` : ''}${parts[card.kind]}${site === undefined ? '' : `, in the ${site} site`}. ${said}.`
}
