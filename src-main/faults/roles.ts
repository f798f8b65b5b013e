import type { Observer } from '../cluster/watcher.js'
import type { LabInfo } from '../contract/lab.js'
import { readKeys } from '../cluster/read-keys.js'
import { DojoError } from '../contract/errors.js'
import { whyOf } from '../cluster/reading.js'
import { etcdClient } from '../cluster/etcd-client.js'
import type { Roles, RolesNow } from './targets.js'

const withinMs = 2_000

/** From the observer when it knows, else from etcd. */
export const rolesNow = (info: LabInfo, observer: Observer | undefined): RolesNow => ({
  cluster: () => clusterRoles(info, observer),
  etcdLeader: () => etcdLeader(info, observer),
})

/** Who leads and who is the synchronous standby. */
async function clusterRoles(info: LabInfo, observer: Observer | undefined): Promise<Roles> {
  const dcs = observer?.state().dcs
  if (dcs?.value && !dcs.stale) return { leader: dcs.value.leader, standbys: dcs.value.sync.standbys }
  try {
    const { leader, sync } = await readKeys(info, withinMs)
    return { leader, standbys: sync.standbys }
  } catch (error) {
    throw new DojoError('fault-refused', {
      what: 'Nobody can say who has that role',
      why: `etcd does not answer: ${whyOf(error)}`,
      next: 'Name a host instead',
    })
  }
}

/** Each member is asked itself: one that is cut off may still name a leader that the others have replaced. */
async function etcdLeader(info: LabInfo, observer: Observer | undefined): Promise<string | null> {
  const etcd = observer?.state().etcd
  if (etcd?.value && !etcd.stale) return newest(etcd.value.members.filter(({ leader }) => leader))
  const asked = info.hosts.map(async ({ name, endpoints }) => {
    if (!endpoints.etcd) return null
    const client = etcdClient(endpoints.etcd)
    try {
      const { memberId, leaderId, term } = await client.status(withinMs)
      return memberId === leaderId ? { name, term } : null
    } catch {
      return null // who does not answer is not known to lead
    } finally {
      client.close()
    }
  })
  const leaders = (await Promise.all(asked)).flatMap((one) => one ?? [])
  return newest(leaders)
}

const newest = (leaders: readonly { name: string; term?: number | undefined }[]): string | null =>
  leaders.toSorted((a, b) => (b.term ?? 0) - (a.term ?? 0))[0]?.name ?? null
