import { poll } from '../cadence.js'
import type { EtcdStatus } from '../etcd-client.js'
import type { EtcdMember } from '../facts.js'
import { reading } from '../reading.js'
import { hostRuns, type EtcdStanding, type SourceContext } from './context.js'

const timeoutMs = 700
/** One late answer on a busy machine is no lost member. A refused connection is. */
const lateAnswersAllowed = 1

type Answer = { status: EtcdStatus } | { why: string }

/** Every member's own view, once a second. Members answer this without a quorum: what they agree on decides. */
export async function followEtcdStatus(context: SourceContext): Promise<void> {
  const { board, cadence, signal, now, fact } = context
  const late = new Map<string, number>()
  const answers = new Map<string, Answer>()

  const ask = async (name: string): Promise<void> => {
    const client = board.etcdClients.get(name)
    if (!client) return
    const said = hostRuns(context, name)
      ? await reading(() => client.status(timeoutMs))
      : { ok: false as const, why: 'the host is away' }
    if (said.ok && hostRuns(context, name)) {
      late.set(name, 0)
      answers.set(name, { status: said.value })
      return
    }
    const why = said.ok ? 'the host is away' : said.why
    const misses = (late.get(name) ?? 0) + 1
    late.set(name, misses)
    if (why !== 'no answer in time' || misses > lateAnswersAllowed || !answers.has(name)) answers.set(name, { why })
  }
  const read = async (): Promise<void> => {
    const names = [...board.etcdClients.keys()]
    const startedAt = now()
    await Promise.all(names.map(ask))
    if (signal.aborted) return
    const standing = standingOf(names.map((name) => ({ name, answer: answers.get(name) ?? { why: 'not asked yet' } })))
    board.etcd.set(standing, startedAt)
    fact({ t: now(), source: 'etcd', ...standing })
  }
  if (board.etcdClients.size === 0) return
  await poll({ everyMs: () => (cadence.quick() ? 250 : 1000), read, cadence, signal })
}

/** A quorum: more than half of all members answer and follow one and the same leader, who is among them. */
export function standingOf(asked: readonly { name: string; answer: Answer }[]): EtcdStanding {
  const followers = new Map<string, number>()
  for (const { answer } of asked) {
    const leader = 'status' in answer && !answer.status.learner ? answer.status.leaderId : null
    if (leader) followers.set(leader, (followers.get(leader) ?? 0) + 1)
  }
  const ids = new Set(asked.flatMap(({ answer }) => ('status' in answer ? [answer.status.memberId] : [])))
  const [leader, count] = [...followers].filter(([id]) => ids.has(id)).toSorted((a, b) => b[1] - a[1])[0] ?? [null, 0]
  const quorum = count > asked.length / 2
  const members = asked.map(({ name, answer }): EtcdMember => {
    if (!('status' in answer)) return { name, answers: false, leader: false, error: answer.why }
    const { status } = answer
    const leads = quorum && status.memberId === leader
    const member = { name, answers: true, leader: leads, term: status.term }
    if (status.leaderId === null) return { ...member, error: 'knows no leader' }
    if (quorum && status.leaderId !== leader) return { ...member, error: 'follows another leader' }
    return status.learner ? { ...member, error: 'a learner, has no vote yet' } : member
  })
  return { members, quorum }
}
