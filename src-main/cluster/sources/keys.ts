import { poll } from '../cadence.js'
import { applyChange, leaderOf } from '../dcs.js'
import type { EtcdClient } from '../etcd-client.js'
import { watchKeys } from '../etcd-watch.js'
import type { KeyChange } from '../facts.js'
import { readLease } from '../lease.js'
import { dcsKeys } from '../patroni-names.js'
import { reading, type Reading } from '../reading.js'
import { hostRuns, type SourceContext } from './context.js'

const timeoutMs = 400
/** Between two renewals, which are 2 s apart unless somebody sets it: twice is enough while nothing happens. */
const leaseEveryMs = { quick: 500, calm: 1000 }

/** Patroni's keys, by the watch. A change of leader is on its way to the screen before anything else is looked at. */
export async function followKeys(context: SourceContext, prefix: string): Promise<void> {
  const { board, cadence, signal, now, fact } = context
  const members = [...board.etcdClients].map(([name, client]) => ({
    name,
    client,
    mayAnswer: () => hostRuns(context, name),
  }))
  if (members.length === 0) return
  const onChange = (change: KeyChange): void => {
    const t = now()
    const [was, first] = [leaderOf(board.keys), board.dcs.view(t).at === null]
    board.keys = applyChange(board.keys, change)
    board.dcs.set(true, t)
    const put = board.keys.get(dcsKeys.leader)
    if (!put?.lease || put.lease !== board.lease?.id) board.lease = null
    fact({ t, source: 'keys', change })
    if (!first && leaderOf(board.keys) !== was) cadence.hurry()
  }
  await watchKeys({ members, prefix, onChange, signal })
}

/** What is left of the leader's lease, twice a second: Patroni renews by keep-alive, which no watch tells of. */
export async function followLease(context: SourceContext, prefix: string): Promise<void> {
  const { board, cadence, signal, now, fact } = context
  let good: string | null = null

  /** Asks the member that answered last, then the leader of etcd, then the others. */
  const askAny = async <T>(ask: (client: EtcdClient) => Promise<T>): Promise<Reading<T>> => {
    const leader = board.etcd.view(now()).value?.members.find((member) => member.leader)?.name
    const names = [...board.etcdClients.keys()].filter((name) => hostRuns(context, name))
    const rank = (name: string): number => (name === good ? 0 : name === leader ? 1 : 2)
    let why = 'no etcd host runs'
    for (const name of names.toSorted((a, b) => rank(a) - rank(b))) {
      const said = await reading(() => ask(board.etcdClients.get(name)!))
      if (said.ok) {
        good = name
        return said
      }
      why = said.why
    }
    return { ok: false, why }
  }
  const held = (): string | null => board.keys.get(dcsKeys.leader)?.lease ?? null
  /** Once more when the key changed hands meanwhile: whoever reads now was not asleep, and was not woken by that. */
  const read = async (): Promise<void> => {
    let id: string | null
    do await readOf((id = held()))
    while (!signal.aborted && held() !== id)
  }
  const readOf = async (id: string | null): Promise<void> => {
    if (id === null) {
      const said = await askAny((client) => client.range(prefix + dcsKeys.leader, timeoutMs))
      if (said.ok) board.dcs.touch(now() - said.ageMs)
      else board.dcs.miss(said.why)
      return
    }
    const said = await askAny((client) => client.leaseLeft(id, timeoutMs))
    if (signal.aborted) return
    const t = now() - (said.ok ? said.ageMs : 0)
    if (!said.ok) return board.dcs.miss(said.why)
    board.dcs.touch(t)
    // the key may have changed hands while the question was under way
    if (held() !== id) return
    if (said.value) board.lease = readLease(board.lease, id, said.value, t)
    fact({ t, half: said.ageMs, source: 'lease', id, left: said.value })
  }
  if (board.etcdClients.size === 0) return
  await poll({ everyMs: () => (cadence.quick() ? leaseEveryMs.quick : leaseEveryMs.calm), read, cadence, signal })
}
