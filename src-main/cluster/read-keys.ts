import type { LabInfo } from '../contract/lab.js'
import { applyChange, dcsReadingOf, type Keys } from './dcs.js'
import { etcdClient } from './etcd-client.js'
import { putOf } from './etcd-watch.js'
import { dcsPrefix } from './patroni-names.js'
import type { DcsReading } from '../contract/cluster.js'

/**
 * Patroni's keys, read once and with a quorum, for callers that have no observer.
 * @throws when no member of etcd answers within the time, or none has a quorum behind it
 */
export async function readKeys(info: LabInfo, timeoutMs: number): Promise<DcsReading> {
  const prefix = dcsPrefix(info.scope)
  const clients = info.hosts.flatMap(({ endpoints }) => (endpoints.etcd ? [etcdClient(endpoints.etcd)] : []))
  try {
    const answer = await Promise.any(clients.map((client) => client.range(prefix, timeoutMs)))
    const puts = answer.kvs.map((kv) => putOf(kv, prefix))
    const keys: Keys = applyChange(new Map(), {
      revision: Number(answer.header.revision),
      snapshot: true,
      puts,
      deletes: [],
    })
    return dcsReadingOf(keys, null)
  } finally {
    for (const client of clients) client.close()
  }
}
