import type { LabEvent, LabRecord } from '../../contract/record.js'
import type { EtcdMember, Fact } from '../facts.js'
import { event } from './event.js'

type Seen = { members: EtcdMember[]; quorum: boolean; t: number }

/** Whether a member counts for a quorum: it answers, and agrees with the others on a leader. */
export const votes = ({ answers, error }: EtcdMember): boolean => answers && error === undefined

/** Events and records of the etcd members: who answers, who leads, is there a quorum. */
export function concludeEtcd(): (fact: Fact) => LabRecord[] {
  let known: Seen | null = null
  let leader: string | null = null
  let term = 0
  return (fact) => {
    if (fact.source === 'jump' && known) known.t += fact.axisMs
    if (fact.source !== 'etcd') return []
    const { t, members, quorum } = fact
    const before = known
    known = { members, quorum, t }
    const leads = members.find((member) => member.leader)
    const records: LabRecord[] = []
    const standing = JSON.stringify([members.map((member) => [member.name, votes(member)]), quorum])
    const stood =
      before && JSON.stringify([before.members.map((member) => [member.name, votes(member)]), before.quorum])
    if (standing !== stood) {
      records.push({
        t,
        k: 'etcd',
        members: Object.fromEntries(members.map((member) => [member.name, votes(member)])),
        quorum,
      })
    }
    if (before) records.push(...changes(before, known, t, fact.u ?? t - before.t))
    if (leads && leads.name !== leader && (leads.term ?? 0) >= term) {
      const text = `etcd leader: ${leads.name}, term ${leads.term ?? '?'}`
      const data = { term: leads.term, from: leader }
      if (leader !== null) records.push(event(t, 'etcd.leader', 'etcd', text, { host: leads.name, u: fact.u, data }))
      leader = leads.name
      term = leads.term ?? term
    }
    return records
  }
}

function changes(before: Seen, now: Seen, t: number, u: number): LabEvent[] {
  const events: LabEvent[] = []
  const voting = now.members.filter(votes).length
  const answering = now.members.filter(({ answers }) => answers).length
  const count = `${answering} of ${now.members.length} answer`
  for (const member of now.members) {
    const was = before.members.find(({ name }) => name === member.name)
    if (!was || was.answers === member.answers) continue
    const data = { voting, members: now.members.length, ...(member.error ? { why: member.error } : {}) }
    const extra = { host: member.name, u, data }
    if (member.answers) events.push(event(t, 'etcd.back', 'etcd', `etcd on ${member.name} is back, ${count}`, extra))
    else events.push(event(t, 'etcd.lost', 'etcd', `etcd on ${member.name} is gone, ${count}`, extra))
  }
  const led = (seen: Seen): boolean => seen.members.some(({ leader }) => leader)
  if (led(before) && !led(now) && now.quorum) events.push(event(t, 'election', 'etcd', 'etcd elects a leader', { u }))
  if (before.quorum && !now.quorum)
    events.push(event(t, 'quorum.lost', 'etcd', `etcd quorum lost, ${count}`, { u, data: { voting } }))
  if (!before.quorum && now.quorum)
    events.push(event(t, 'quorum.back', 'etcd', `etcd quorum back, ${count}`, { u, data: { voting } }))
  return events
}
