import { patroniClient } from '../cluster/patroni.js'
import { keepConnection } from '../cluster/postgres.js'
import type { ClusterState } from '../contract/cluster.js'
import { unknownHost } from '../contract/errors.js'
import type { Credentials, Endpoint } from '../contract/lab.js'
import type { LabRecord } from '../contract/record.js'
import type { World } from '../exercises/world.js'
import type { Faults } from '../faults/index.js'
import type { LabHandle } from '../lab/handle.js'
import type { Recorder } from '../recorder/recorder.js'
import { repairLab } from './repair.js'
import type { SessionProbe } from './session-probe.js'

interface Parts {
  handle: LabHandle
  credentials: Credentials
  recorder: Pick<Recorder, 'since' | 'onAppend'>
  faults: Pick<Faults, 'list' | 'inject' | 'heal'>
  probe: SessionProbe
  state(): ClusterState
  onState(listener: (state: ClusterState) => void): () => void
  append(record: LabRecord): void
}

/** What an attempt and its checks may know of a lab and do to it: see exercises/world.ts. */
export function createWorld({ handle, credentials, recorder, faults, probe, state, onState, append }: Parts): World {
  const { info } = handle
  const names = info.hosts.map(({ name }) => name)
  const endpointOf = (host: string, key: 'patroni' | 'postgres'): Endpoint => {
    const found = info.hosts.find(({ name }) => name === host)
    if (!found) throw unknownHost(host, names)
    const endpoint = found.endpoints[key]
    if (!endpoint) throw new Error(`${host} has no ${key}`)
    return endpoint
  }
  const clientRoute = (route: 'readWrite' | 'readOnly'): Endpoint => {
    const endpoint = info.client[route]
    if (!endpoint) throw new Error(`this topology has no ${route} route`)
    return endpoint
  }
  return {
    lab: info.lab,
    topology: info.topology,
    scope: info.scope,
    dir: handle.dir,
    hosts: names,
    cluster: state,
    records: (since) => recorder.since(since),
    async query(route, sql, { as = 'superuser', timeoutMs }) {
      const endpoint = 'host' in route ? endpointOf(route.host, 'postgres') : clientRoute(route.client)
      const { username, password } = credentials[as]
      const connection = keepConnection(endpoint, { username, password, database: credentials.app.database })
      try {
        await connection.query('BEGIN TRANSACTION READ ONLY', { timeoutMs })
        return await connection.query(sql, { timeoutMs })
      } finally {
        connection.close() // which rolls back
      }
    },
    async patroni(host, path, { timeoutMs }) {
      const answer = await patroniClient(endpointOf(host, 'patroni')).get(path, timeoutMs)
      if (!answer.ok) throw new Error(answer.why)
      return answer.value.body
    },
    exec: (host, argv, { timeoutMs }) => handle.exec(host, argv, { timeoutMs }),
    probe: { stats: () => probe.stats(), verify: () => probe.verify() },
    onCluster: onState,
    onRecord: (listener) => recorder.onAppend(listener),
    append,
    startProbe: async () => void (await probe.start()),
    faults: {
      list: () => faults.list(),
      inject: ({ options = {}, ...fault }) => faults.inject({ ...fault, options }),
      heal: (id) => faults.heal(id),
    },
    run: (host, argv, options) => handle.exec(host, argv, options),
    repair: (signal) => repairLab(handle, faults, signal),
  }
}
