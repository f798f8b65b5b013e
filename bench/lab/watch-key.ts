import { etcdClient } from '../../src-main/cluster/etcd-client.js'
import type { LabInfo } from '../../src-main/contract/lab.js'

/** A value that a key was given. */
export interface KeyPut {
  /** When the first of etcd's members told this process of it, on the machine's clock: it was true a moment earlier. */
  at: number
  value: string
}

/** ms since 1970 with fractions, on the clock of this machine; a page reads the same one with the same words. */
export const machineClock = (): number => performance.timeOrigin + performance.now()

/** Watches one of Patroni's keys through every member of etcd, with no code of the app's own watch. */
export async function watchKey(info: LabInfo, name: string): Promise<{ puts: KeyPut[]; stop(): Promise<void> }> {
  const puts: KeyPut[] = []
  const seen = new Set<string>()
  const clients = info.hosts.flatMap(({ endpoints }) => (endpoints.etcd ? [etcdClient(endpoints.etcd)] : []))
  const watchers = await Promise.all(
    clients.map(({ raw }) => raw.watch().key(`/service/${info.scope}/${name}`).create()),
  )
  for (const watcher of watchers) {
    watcher.on('put', ({ value, mod_revision: revision }) => {
      const at = machineClock()
      if (seen.has(revision)) return
      seen.add(revision)
      puts.push({ at, value: value.toString() })
    })
  }
  return {
    puts,
    async stop() {
      await Promise.all(watchers.map((watcher) => watcher.cancel()))
      for (const client of clients) client.close()
    },
  }
}
