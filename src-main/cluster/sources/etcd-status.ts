import { poll } from '../cadence.js'
import type { EtcdStatus } from '../etcd-client.js'
import type { EtcdMember } from '../facts.js'
import { reading } from '../reading.js'
import { hostRuns, type EtcdStanding, type SourceContext } from './context.js'

const timeoutMs = 700
/** Late answers on a busy machine are no lost member. A refused connection is, and so is a host that is away. */
const lateAnswersAllowed = 3
const lateFirstAnswersAllowed = 4
/** Two rounds of an election with the default timeout; without a leader for longer, a majority is cut off or stuck. */
const electionMs = 4_000

type Answer = { status: EtcdStatus } | { why: string }

/** Every member's own view, once a second. Members answer this without a quorum: what they agree on decides. */
export async function followEtcdStatus(context: SourceContext): Promise<void> {
  const { board, cadence, signal, now, fact } = context
  const late = new Map<string, number>()
  const answers = new Map<string, Answer>()
  let agreedAt = -Infinity

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
    const allowed = answers.has(name) ? lateAnswersAllowed : lateFirstAnswersAllowed
    if (why !== 'no answer in time' || misses > allowed) answers.set(name, { why })
  }
  const read = async (): Promise<void> => {
    const names = [...board.etcdClients.keys()]
    const startedAt = now()
    await Promise.all(names.map(ask))
    const asked = names.flatMap((name) => (answers.has(name) ? [{ name, answer: answers.get(name)! }] : []))
    // a member that was late the first time round is neither there nor lost yet
    if (signal.aborted || asked.length < names.length) return
    const { agreed, ...standing } = standingOf(asked, performance.now() - agreedAt)
    if (agreed) agreedAt = performance.now()
    board.etcd.set(standing, startedAt)
    fact({ t: now(), source: 'etcd', ...standing })
  }
  if (board.etcdClients.size === 0) return
  await poll({ everyMs: () => (cadence.quick() ? 250 : 1000), read, cadence, signal })
}

type Asked = { name: string; answer: Answer }

/**
 * A quorum: more than half of all members answer and follow one and the same leader, who is among them. Between two
 * leaders there is none for a moment, which is an election and no loss of the quorum.
 */
export function standingOf(asked: readonly Asked[], sinceAgreedMs = Infinity): EtcdStanding & { agreed: boolean } {
  const followers = new Map<string, number>()
  const ids = new Set<string>()
  for (const { answer } of asked) {
    if (!('status' in answer)) continue
    const { leaderId, learner, memberId } = answer.status
    ids.add(memberId)
    if (leaderId && !learner) followers.set(leaderId, (followers.get(leaderId) ?? 0) + 1)
  }
  const most = [...followers].filter(([id]) => ids.has(id)).toSorted((a, b) => b[1] - a[1])[0]
  const leader = most && most[1] > asked.length / 2 ? most[0] : null
  const electing = leader === null && ids.size > asked.length / 2 && sinceAgreedMs < electionMs
  const members = asked.map(({ name, answer }): EtcdMember => {
    if (!('status' in answer)) return { name, answers: false, leader: false, error: answer.why }
    const { memberId, leaderId, term, learner } = answer.status
    const member = { name, answers: true, leader: leader !== null && memberId === leader, term }
    if (learner) return { ...member, error: 'is a learner, has no vote yet' }
    if (leader === null && !electing)
      return { ...member, error: leaderId ? 'follows a leader that is away' : 'knows no leader' }
    if (leader === null || leaderId === leader) return member
    // cut off from the others, a member goes on answering us: it has no vote to give all the same
    return { ...member, error: leaderId ? 'follows another leader' : 'knows no leader' }
  })
  return { members, quorum: leader !== null || electing, agreed: leader !== null }
}
