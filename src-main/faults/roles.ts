import type { Observer } from '../cluster/watcher.js'
import type { LabInfo } from '../contract/lab.js'
import { readKeys } from '../cluster/read-keys.js'
import { DojoError } from '../contract/errors.js'
import { whyOf } from '../cluster/reading.js'
import type { Roles } from './targets.js'

const withinMs = 2_000

/** Who leads and who is the synchronous standby: from the observer when it knows, else from etcd. */
export async function currentRoles(info: LabInfo, observer: Observer | undefined): Promise<Roles> {
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
