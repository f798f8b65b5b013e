import type { ClusterState } from '../contract/cluster.js'

/**
 * What of a cluster's state could change a verdict. States come several times a second because ages, lag and counters
 * move; asking every check each time would load the lab that is being looked at.
 */
export function standing({ leader, hosts, dcs, etcd, probe, faults }: ClusterState): string {
  return JSON.stringify([
    leader,
    hosts.map(({ name, role, timeline, engine, postgres }) => [
      name,
      role,
      timeline,
      engine.value?.container,
      engine.value?.how,
      postgres?.stale,
      postgres?.value?.inRecovery,
      postgres?.value?.replication.map((row) => [row.applicationName, row.state, row.syncState]),
    ]),
    dcs.stale,
    dcs.value && [dcs.value.sync, dcs.value.pause, dcs.value.config, dcs.value.failover],
    etcd.stale,
    etcd.value?.members.map(({ name, answers, leader: leads }) => [name, answers, leads]),
    probe && [probe.running, probe.outages.length, probe.outages.at(-1)?.until, probe.lost],
    faults.map(({ id, state }) => [id, state]),
  ])
}
