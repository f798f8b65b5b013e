import { parse } from 'yaml'
import fleetYaml from '../../../labs/topologies/fleet.yaml?raw'
import trioYaml from '../../../labs/topologies/trio.yaml?raw'
import sitesYaml from '../../../labs/topologies/two-sites.yaml?raw'
import type { ClusterState, HostView, PostgresReading } from '../../../src-main/contract/cluster.js'
import type { LabHost, LabInfo } from '../../../src-main/contract/lab.js'
import { topologyFile, type Topology } from '../../../src-main/contract/topology.js'
import { withSizes } from '../../../src-main/lab/sizes.js'
import { clusterAfterCrash, labInfo } from './clusters.js'

const specs = {
  fleet: withSizes(topologyFile.parse(parse(fleetYaml))),
  trio: withSizes(topologyFile.parse(parse(trioYaml))),
  sites: withSizes(topologyFile.parse(parse(sitesYaml))),
}
export type GalleryTopology = keyof typeof specs
const endpoint = { host: '127.0.0.1', port: 20_042 }

/** A lab of one of the topologies that the app ships with. */
export function infoOf(name: GalleryTopology, spec: Topology = specs[name]): LabInfo {
  const routed = Object.values(spec.hosts).some(({ services }) => services.includes('haproxy'))
  const main = { host: '127.0.0.1', port: 32_801 }
  return {
    ...labInfo(),
    topology: spec.topology,
    spec,
    settings: spec.settings,
    client: { readWrite: routed ? main : { ...main, others: [{ ...main, port: 32_802 }] } },
    hosts: Object.entries(spec.hosts).map(([host, { services, at, address, site }]) => ({
      name: host,
      services,
      at,
      address: `10.77.4.${address}`,
      endpoints: services.includes('prometheus') ? { prometheus: endpoint } : {},
      ...(site !== undefined && { site }),
    })),
  }
}

const part = <T>(value: T) => ({ value, at: Date.now(), stale: false })
const postgres = (inRecovery: boolean, followers: readonly string[], from: string | null, sync: string | null) =>
  ({
    inRecovery,
    readOnly: inRecovery,
    timeline: 1,
    lsn: '0/5031C48',
    systemIdentifier: '7',
    startedAt: Date.now() - 900_000,
    version: '17.11',
    replication: followers.map((name) => ({
      applicationName: name,
      state: 'streaming',
      syncState: name === sync ? 'sync' : 'async',
      lagBytes: 0,
      lagMs: 3,
    })),
    walReceiver: from ? { status: 'streaming', senderHost: from } : null,
    archiver: null,
  }) as PostgresReading

/** Everything as it should be: somebody leads, and in every other site one host follows for all. */
export function healthyCluster({ hosts, spec }: LabInfo, leads?: string): ClusterState {
  const data = (site: string | undefined) =>
    hosts.filter((host) => host.services.includes('patroni') && host.site === site)
  const leader = leads ?? data(undefined)[0]!.name
  const leaderOf = ({ site }: LabHost): string =>
    hosts.some(({ name, site: its }) => name === leader && its === site) ? leader : data(site)[0]!.name
  const sync = spec.settings.patroni.synchronous_mode ? data(undefined).find(({ name }) => name !== leader)!.name : null
  const sender = (host: LabHost): string | null =>
    host.name === leader ? null : leaderOf(host) === host.name ? leader : leaderOf(host)
  const view = (host: LabHost): HostView => {
    const { name, services } = host
    const base = { name, engine: part({ container: 'running' as const, since: Date.now() - 1_000_000 }) }
    if (!services.includes('patroni')) return { ...base, role: 'none', timeline: null, note: '' }
    const followers = hosts.filter((other) => other.services.includes('patroni') && sender(other) === name)
    const from = sender(host)
    const note = from ? `streaming from ${from}` : `streams to ${followers.map((each) => each.name).join(', ')}`
    return {
      ...base,
      role: name === leader ? 'leader' : name === sync ? 'sync' : 'replica',
      timeline: 1,
      note,
      postgres: part(
        postgres(
          name !== leader,
          followers.map((each) => each.name),
          from,
          sync,
        ),
      ),
    }
  }
  const members = hosts.filter(({ services, site }) => services.includes('etcd') && site === undefined)
  const whole = clusterAfterCrash()
  return {
    ...whole,
    leader,
    hosts: hosts.map(view),
    faults: [],
    dcs: part({
      leader,
      lease: { id: '1', ttlS: 20, leftMs: 18_000, readAt: Date.now(), renewedAt: Date.now() },
      sync: { leader, standbys: sync ? [sync] : [] },
      config: { loop_wait: 600 },
      initialize: '7',
      failover: null,
      history: [],
      members: {},
      pause: false,
    }),
    etcd: part({
      members: members.map(({ name }, n) => ({ name, answers: true, leader: n === 0, term: 2 })),
      quorum: true,
    }),
    proxy: part(
      data(undefined).map(({ name }) => ({
        host: name,
        write: name === leader,
        read: name !== leader,
        check: name === leader ? '200' : '503',
      })),
    ),
  }
}
