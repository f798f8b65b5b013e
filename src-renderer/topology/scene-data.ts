import type { HostRole, HostView } from '../../src-main/contract/cluster.js'
import type { LabHost } from '../../src-main/contract/lab.js'
import { agoText, bytesText, lagText, momentText } from '../timeline/words.js'
import { faultFacts } from './scene-faults.js'
import { byWords, fresh, roleTone, type Fact, type SceneInput, type Tone } from './scene-base.js'

/** The leader key's lease on the host that holds it. */
export interface RingView {
  /** Whole seconds, as etcd tells them. */
  seconds: number
  /** What is left of the ttl, from 1 to 0. */
  share: number
  ttlS: number
  tone: Tone
  renewedMs: number | null
  /** The holder can't renew: it is gone, frozen, or late. */
  failing: boolean
  explain: string
}

/** A little more than the longest time that a healthy holder lets pass. */
const lateFactor = 2.5

export function ringOf({ state, now, recorded }: SceneInput, host: string, role: HostRole): RingView | null {
  const { value, stale } = state.dcs
  const lease = value?.lease
  if (!lease || value.leader !== host || (stale && !recorded)) return null
  const leftMs = Math.max(0, lease.leftMs - (now - lease.readAt))
  const renewedMs = lease.renewedAt === null ? null : Math.max(0, now - lease.renewedAt)
  const loopWait = Number(value.config['loop_wait'] ?? 10)
  const late = lease.ttlS * 1000 - leftMs > loopWait * 1000 * lateFactor
  const failing = role === 'down' || role === 'frozen' || late
  const seconds = Math.floor(leftMs / 1000)
  return {
    seconds,
    share: Math.min(1, leftMs / (lease.ttlS * 1000)),
    ttlS: lease.ttlS,
    // the holder's colour, also when it is gone: it is still the leader to everybody else
    tone: role === 'sync' || role === 'replica' ? roleTone[role] : 'leader',
    renewedMs,
    failing,
    explain: `${host} holds the leader key for ${seconds} s more, of ttl ${lease.ttlS} s. ${
      failing ? 'Nobody renews it; once it is gone, a standby may take it.' : 'It renews it in every loop.'
    }`,
  }
}

const leaseFacts = (ring: RingView): Fact[] => {
  const left = ring.failing
    ? `lease ${ring.seconds} s left, not renewed`
    : `lease ${ring.seconds} s of ttl ${ring.ttlS} s`
  const facts: Fact[] = [{ text: left, short: ring.failing ? 'not renewed' : `of ttl ${ring.ttlS} s`, tone: 'ink' }]
  if (ring.renewedMs !== null && !ring.failing)
    facts.push({ text: `renewed ${agoText(ring.renewedMs)} ago`, tone: 'ink2' })
  return facts
}

/** What a running data host says, the most important first: boxes show as many as they have room for. */
export function dataFacts(input: SceneInput, host: LabHost, view: HostView, ring: RingView | null): Fact[] {
  const postgres = fresh(view.postgres)
  const facts: Fact[] = ring ? leaseFacts(ring) : []
  const lag = lagOf(input, view)
  facts.unshift(...brokenFacts(input, host.name), ...faultFacts(input, host.name))
  // whom a leader streams to is said by its links as well: its position comes first
  const noteLast = view.role === 'leader' && view.note.startsWith('streams to')
  if (view.note && !noteLast) facts.push(noteFact(view, lag))
  if (postgres?.lsn)
    facts.push({
      text: postgres.inRecovery ? 'replayed' : 'writes at',
      tone: 'ink2',
      value: postgres.lsn,
      valueTone: 'ink2',
    })
  if (view.note && noteLast) facts.push(noteFact(view, null))
  facts.push(...etcdFact(input, host.name))
  const patroni = fresh(view.patroni)
  if (patroni) facts.push({ text: `Patroni: ${patroni.state}${patroni.paused ? ', paused' : ''}`, tone: 'ink3' })
  if (postgres?.readOnly && !postgres.inRecovery) facts.push({ text: 'read-only', tone: 'fault' })
  if (patroni?.pendingRestart) facts.push({ text: 'a setting waits for a restart', tone: 'ink2' })
  facts.push(...staleFacts(input, view))
  if (postgres?.startedAt)
    facts.push({ text: `PostgreSQL up ${agoText(input.now - postgres.startedAt)}`, tone: 'ink3' })
  facts.push({ text: host.address, tone: 'ink3' })
  return facts
}

/** A rule that this host broke together with others; the picture's key has the whole sentence. */
const brokenFacts = ({ violations = [] }: SceneInput, host: string): Fact[] =>
  violations
    .filter(({ hosts }) => hosts.includes(host))
    .map(() => ({ text: 'breaks a safety rule', short: 'breaks a rule', tone: 'fault' }))

/** The first clause, without what a smaller box can do without. */
const shortNote = (note: string): string =>
  note
    .split(/[;:,]/)[0]!
    .replace(' attached', '')
    .replace(/^streaming from/, 'from')

function noteFact({ note, role }: HostView, value: string | null): Fact {
  const tone: Tone = role === 'none' || role === 'unknown' ? 'ink' : 'ink2'
  return { text: note, short: shortNote(note), tone, ...(value === null ? {} : { value }) }
}

/** What the leader's side says about this standby. */
function lagOf({ state }: SceneInput, view: HostView): string | null {
  const rows = state.hosts.flatMap((other) => fresh(other.postgres)?.replication ?? [])
  const row = rows.find(({ applicationName }) => applicationName === view.name)
  if (!row || row.lagBytes === null) return null
  const time = row.lagMs === null ? '' : `, ${lagText(row.lagMs)}`
  return `${bytesText(row.lagBytes)}${time}`
}

export function etcdFact({ state, recorded }: SceneInput, name: string): Fact[] {
  const members = fresh(state.etcd)?.members ?? []
  const member = members.find((each) => each.name === name)
  // who follows is only known when it is known who leads
  if (!member || (recorded && !members.some((each) => each.leader))) return []
  if (!member.answers) return [{ text: 'etcd does not answer', tone: 'fault' }]
  if (member.error) return [{ text: `etcd ${member.error}`, short: 'etcd has no vote', tone: 'fault' }]
  const part = `etcd ${member.leader ? 'leader' : 'follower'}`
  return [{ text: member.term ? `${part}, term ${member.term}` : part, short: part, tone: 'ink3' }]
}

/** An old answer is said to be old; it is never shown as the present. */
function staleFacts({ now, recorded }: SceneInput, view: HostView): Fact[] {
  if (recorded) return []
  return (
    [
      ['Patroni', view.patroni],
      ['PostgreSQL', view.postgres],
    ] as const
  ).flatMap(([name, part]): Fact[] => {
    if (!part?.stale) return []
    const words =
      part.at === null ? `${name} has not answered yet` : `${name} last answered ${agoText(now - part.at)} ago`
    return [{ text: words, tone: 'unk' }]
  })
}

const endUnknown = 'where its WAL ends: not known'
const howWords = { killed: 'crashed', stopped: 'stopped', died: 'ended by itself' }

/** What happened to a host that is down or frozen, by whom, and what it was. */
export function goneFacts({ state, zero, now, recorded }: SceneInput, view: HostView, ring: RingView | null): Fact[] {
  const engine = view.engine.value
  const frozen = view.role === 'frozen'
  const how = frozen ? 'frozen' : engine?.container === 'missing' ? 'removed' : howWords[engine?.how ?? 'killed']
  const fault = state.faults.findLast(
    ({ target, state: at, appliedAt }) =>
      target === view.name &&
      at !== 'healed' &&
      at !== 'failed' &&
      at !== 'scheduled' &&
      (!engine || Math.abs(appliedAt - engine.since) < 10_000),
  )
  const by = fault ? byWords[fault.by] : ''
  const when = engine ? ` at ${momentText(engine.since - zero)}` : ''
  const facts: Fact[] = [{ text: `${how}${by}${when}`, short: by ? `${how}${by}` : how, tone: 'ink' }]
  if (ring) facts.push(...leaseFacts(ring))
  const was = /was ([^;]+)$/.exec(view.note)?.[0]
  if (was) facts.push({ text: was, short: was.replace('timeline', 'tl').replace('synchronous', 'sync'), tone: 'ink2' })
  if (view.postgres && !recorded) {
    const { value, at } = view.postgres
    const seen = value?.lsn && at !== null ? `WAL last seen ${value.lsn}, ${agoText(now - at)} ago` : null
    facts.push({ text: seen ?? endUnknown, short: value?.lsn ? `WAL ${value.lsn}` : 'WAL end unknown', tone: 'ink2' })
  } else if (view.postgres) facts.push({ text: endUnknown, short: 'WAL end unknown', tone: 'ink2' })
  if (frozen) facts.push({ text: 'connections to it hang, they do not fail', tone: 'ink2' })
  return facts
}
