import type { LabEvent } from '../../contract/record.js'
import type { Clocks } from '../clocks.js'
import { applyChange, historyOf, leaderOf, lsnText, objectAt, syncOf, type Keys } from '../dcs.js'
import type { Fact, KeyChange } from '../facts.js'
import { dcsKeys } from '../patroni-names.js'
import { event } from './event.js'

type Step = { t: number; u: number | undefined; before: Keys; now: Keys; change: KeyChange }

/** Events from the keys that Patroni keeps in etcd. The first snapshot is where things stand, not something that happened. */
export function concludeKeys(clocks: Clocks): (fact: Fact) => LabEvent[] {
  let keys: Keys | null = null
  let heldBy: string | null = null
  let lookedAt = 0
  return (fact) => {
    if (fact.source === 'lease') lookedAt = fact.t
    if (fact.source === 'jump' && lookedAt > 0) lookedAt += fact.axisMs
    if (fact.source !== 'keys') return []
    const { t, change } = fact
    const before = keys
    const now = applyChange(before ?? new Map(), change)
    keys = now
    // after a gap nobody knows when it happened, only that it was after the last look
    const u = change.snapshot && lookedAt > 0 ? t - lookedAt : undefined
    lookedAt = t
    if (!before) {
      heldBy = leaderOf(now)
      return []
    }
    const step = { t, u, before, now, change }
    const events = [
      ...leaderEvents(step, heldBy),
      ...syncEvents(step),
      ...configEvents(step),
      ...pauseEvents(step),
      ...requestEvents(step),
      ...timelineEvents(step, clocks),
    ]
    heldBy = leaderOf(now) ?? heldBy
    return events
  }
}

/**
 * Etcd deletes everything that hangs on a lease in one revision. Patroni hangs the leader key and the member's own key on
 * one lease: both gone at once means that the lease ran out, the leader key alone that somebody gave it up.
 */
function leaderEvents({ t, u, before, now, change }: Step, heldBy: string | null): LabEvent[] {
  const [was, is] = [leaderOf(before), leaderOf(now)]
  if (was === is && !change.deletes.includes(dcsKeys.leader)) return []
  const events: LabEvent[] = []
  const put = before.get(dcsKeys.leader)
  if (was !== null && is !== was) {
    const data = { holder: was, lease: put?.lease ?? null, revision: change.revision }
    const withMember = change.deletes.includes(`${dcsKeys.members}${was}`)
    if (change.snapshot || is !== null)
      events.push(event(t, 'leader.lost', 'etcd', `${was} lost the leader key`, { host: was, u, data }))
    else if (withMember) events.push(event(t, 'lease.expired', 'etcd', 'lease expired', { host: was, data }))
    else events.push(event(t, 'leader.released', 'etcd', `${was} gave up the leader key`, { host: was, data }))
  }
  if (is !== null && is !== was) {
    const data = { from: heldBy, revision: change.revision }
    events.push(event(t, 'leader.taken', 'etcd', `${is} takes the leader key`, { host: is, u, data }))
  }
  return events
}

function syncEvents({ t, u, before, now }: Step): LabEvent[] {
  const [was, is] = [syncOf(before), syncOf(now)]
  if (was.standbys.join() === is.standbys.join()) return []
  const text = is.standbys.length > 0 ? `synchronous: ${is.standbys.join(', ')}` : 'no synchronous standby'
  return [event(t, 'sync.changed', 'etcd', text, { u, data: { from: was, to: is } })]
}

function configEvents({ t, u, before, now }: Step): LabEvent[] {
  const [was, is] = [objectAt(before, dcsKeys.config), objectAt(now, dcsKeys.config)]
  if (!was || !is) return []
  const changes = differences(was, is)
  if (changes.length === 0) return []
  const text = changes.map(({ key, to }) => (to === undefined ? `${key} unset` : `${key} = ${shown(to)}`)).join(', ')
  return [event(t, 'config.changed', 'etcd', text, { u, data: { changes } })]
}

/** A paused Patroni watches and does nothing: no failover, no repair. */
function pauseEvents({ t, u, before, now }: Step): LabEvent[] {
  const [was, is] = [before, now].map((keys) => objectAt(keys, dcsKeys.config)?.['pause'] === true)
  if (was === is) return []
  return [event(t, is ? 'cluster.paused' : 'cluster.resumed', 'etcd', is ? 'Patroni paused' : 'Patroni resumed', { u })]
}

type Difference = { key: string; from: unknown; to: unknown }

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function differences(was: Record<string, unknown>, is: Record<string, unknown>, path = ''): Difference[] {
  const found: Difference[] = []
  for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const [from, to] = [was[key], is[key]]
    if (isObject(from) && isObject(to)) found.push(...differences(from, to, `${path}${key}.`))
    else if (JSON.stringify(from) !== JSON.stringify(to)) found.push({ key: `${path}${key}`, from, to })
  }
  return found
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `failover`: written for a switchover or a manual failover, and by nothing else; emptied when it is done. */
function requestEvents({ t, u, before, now, change }: Step): LabEvent[] {
  const is = objectAt(now, dcsKeys.failover)
  const changed = change.puts.some(({ key }) => key === dcsKeys.failover)
  if (!changed || !is || Object.keys(is).length === 0) return []
  if (before.get(dcsKeys.failover)?.value === now.get(dcsKeys.failover)?.value) return []
  const named = (key: string): string | null =>
    typeof is[key] === 'string' && is[key] !== '' ? (is[key] as string) : null
  const [leader, member, at] = [named('leader'), named('member'), named('scheduled_at')]
  // a switchover names the leader that gives up; a manual failover only the candidate
  const text = `${leader ? 'switchover' : 'manual failover'}${leader ? ` from ${leader}` : ''}${member ? ` to ${member}` : ''}${at ? ` at ${at}` : ''} requested`
  return [event(t, 'switchover.requested', 'etcd', text, { host: leader ?? member, u, data: is })]
}

/**
 * Patroni adds a row to `history` once the new primary has written its first checkpoint: where the old timeline ended. The
 * row's own time is of the clock of the host that wrote it.
 */
function timelineEvents({ t, u, before, now }: Step, clocks: Clocks): LabEvent[] {
  const [was, is] = [historyOf(before), historyOf(now)]
  const latest = was.at(-1)?.timeline ?? 0
  return is
    .filter(({ timeline }) => timeline > latest)
    .map((row) => {
      const host = row.newLeader ?? leaderOf(now)
      const stamp = row.at ? Date.parse(row.at) : NaN
      const written = host && !Number.isNaN(stamp) ? clocks.toApp(host, stamp) : null
      const text = `timeline ${row.timeline + 1} from ${lsnText(row.lsn)}`
      const data = { ...row, to: row.timeline + 1, lsnText: lsnText(row.lsn), ...(written ? { written } : {}) }
      return event(t, 'timeline', 'etcd', text, { host, u, data })
    })
}
