import { etcdClient } from '../../src-main/cluster/etcd-client.js'
import type { LabInfo } from '../../src-main/contract/lab.js'
import { machineClock } from './clock.js'

/** A member got the leader key. */
export interface KeyTaken {
  /** When the first of etcd's members told this process of it: it was true a moment earlier. */
  at: number
  holder: string
}

/** Watches the leader key through every member of etcd, with no code of the app's own watch. */
export async function watchLeaderKey(info: LabInfo): Promise<{ taken: KeyTaken[]; stop(): Promise<void> }> {
  const key = `/service/${info.scope}/leader`
  const taken: KeyTaken[] = []
  const seen = new Set<string>()
  const clients = info.hosts.flatMap(({ endpoints }) => (endpoints.etcd ? [etcdClient(endpoints.etcd)] : []))
  const watchers = await Promise.all(clients.map(({ raw }) => raw.watch().key(key).create()))
  for (const watcher of watchers) {
    watcher.on('put', ({ value, mod_revision: revision }) => {
      const at = machineClock()
      if (seen.has(revision)) return
      seen.add(revision)
      taken.push({ at, holder: value.toString() })
    })
  }
  return {
    taken,
    async stop() {
      await Promise.all(watchers.map((watcher) => watcher.cancel()))
      for (const client of clients) client.close()
    },
  }
}
