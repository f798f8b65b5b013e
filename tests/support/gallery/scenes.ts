import type { AttemptView } from '../../../src-main/contract/exercise.js'
import type { PitrView } from '../../../src-main/contract/backup.js'
import type { ClusterState } from '../../../src-main/contract/cluster.js'
import type { FaultKindInfo } from '../../../src-main/contract/fault.js'
import type { BootProgress, LabInfo } from '../../../src-main/contract/lab.js'
import type { ConfigView } from '../../../src-main/contract/config.js'
import type { HealthReport } from '../../../src-main/contract/health.js'
import type { ImageProgress } from '../../../src-main/contract/doctor.js'
import type { HomeView } from '../../../src-main/contract/rpc.js'
import type { MetricsView } from '../../../src-main/contract/metrics.js'
import type { LabRecord } from '../../../src-main/contract/record.js'
import type { Route } from '../../../src-renderer/app/route.js'
import { attemptAt, verdictSheet } from './attempts.js'
import { bootAt, bootFailed } from './boots.js'
import { clusterAfterCrash, labInfo } from './clusters.js'
import { fleetMetrics } from './fleet.js'
import { recoveryAt } from './backups.js'
import { homeWith } from './homes.js'
import { manyKinds as kinds } from './kinds.js'
import { configAt, healthAt, ownPatroniAt } from './pages.js'
import { labInfo as recordedInfo, at } from '../recorded-failover.js'
import { healthyCluster, infoOf, type GalleryTopology } from './topologies.js'
import { diverged, etcdOnly, partitioned, rejoined, tree, type Recorded } from './recorded.js'

export interface Scene {
  route: Route
  home: HomeView
  topologies: { topology: string; summary: string; hosts: string[] }[]
  kinds: FaultKindInfo[]
  info?: LabInfo
  boot?: BootProgress
  cluster?: ClusterState
  attempt?: AttemptView
  records?: LabRecord[]
  image?: ImageProgress
  metrics?: MetricsView
  pitr?: PitrView
  health?: HealthReport
  config?: ConfigView
}

const topologies = [
  {
    topology: 'pair-witness',
    summary: 'Two data hosts, a witness that breaks ties, a backup repository, one address for clients',
    hosts: ['pg1', 'pg2', 'witness', 'backup', 'proxy'],
  },
  {
    topology: 'trio',
    summary: 'Three data hosts, etcd on a host of its own, no proxy',
    hosts: ['patroni1', 'patroni2', 'patroni3', 'etcd'],
  },
]
const base = { topologies, kinds }
const atHome: Route = { at: 'home' }
const atLab: Route = { at: 'lab', lab: 'pw-1' }

/** A lab whose picture and timeline come from the same records; the app's clock stands at its moment. */
function fromRecords({ s, records, cluster, hosts }: Recorded): Scene {
  const home = homeWith({ lab: 'healthy' })
  const info = recordedInfo(hosts)
  return { ...base, route: atLab, home: { ...home, at: at(s) }, info, cluster, records }
}

/** A whole cluster of a shipped topology. */
const healthy = (topology: GalleryTopology): Scene => {
  const info = infoOf(topology)
  return { ...base, route: atLab, home: homeWith({ lab: 'healthy' }), cluster: healthyCluster(info), info }
}

const scenes: Record<string, () => Scene> = {
  partition: () => fromRecords(partitioned()),
  diverged: () => fromRecords(diverged()),
  rejoined: () => fromRecords(rejoined()),
  'etcd-only': () => fromRecords(etcdOnly()),
  tree: () => fromRecords(tree()),

  'home-first': () => ({ ...base, route: atHome, home: homeWith({}) }),
  home: () => ({
    ...base,
    route: atHome,
    home: homeWith({ lab: 'healthy', step: 3 }),
    cluster: clusterAfterCrash(),
    attempt: attemptAt(),
  }),
  'home-image': () => ({ ...base, route: atHome, home: homeWith({ image: 'missing' }) }),
  'home-building': () => ({
    ...base,
    route: atHome,
    home: homeWith({ image: 'building' }),
    image: {
      phase: 'install packages',
      step: 4,
      steps: 9,
      line: 'Setting up postgresql-17 (17.11-1) ...',
      seconds: 31.4,
    },
  }),
  'home-engine': () => ({ ...base, route: atHome, home: homeWith({ engine: 'denied' }) }),
  boot: () => ({ ...base, route: atLab, home: homeWith({ lab: 'booting', step: 0 }), boot: bootAt(), info: labInfo() }),
  'boot-failed': () => ({
    ...base,
    route: atLab,
    home: homeWith({ lab: 'failed' }),
    boot: bootFailed(),
    info: labInfo(),
  }),
  work: () => ({
    ...base,
    route: atLab,
    home: homeWith({ lab: 'healthy', step: 3 }),
    cluster: clusterAfterCrash(),
    attempt: attemptAt(),
    info: labInfo(),
  }),
  verdicts: () => ({
    ...base,
    route: atLab,
    home: homeWith({ lab: 'healthy', step: 3 }),
    cluster: clusterAfterCrash(),
    attempt: verdictSheet(),
    info: labInfo(),
  }),
  'home-fleet': () => ({
    ...base,
    route: atHome,
    home: homeWith({ lab: 'healthy' }),
    cluster: healthyCluster(infoOf('fleet')),
    info: infoOf('fleet'),
  }),
  fleet: () => ({ ...healthy('fleet'), metrics: fleetMetrics() }),
  trio: () => healthy('trio'),
  sites: () => healthy('sites'),
  recovery: () => ({
    ...base,
    route: atLab,
    home: homeWith({ lab: 'healthy' }),
    cluster: clusterAfterCrash(),
    info: labInfo(),
    pitr: recoveryAt(),
  }),
  lab: () => ({
    ...base,
    route: atLab,
    home: homeWith({ lab: 'healthy' }),
    cluster: clusterAfterCrash(),
    info: { ...labInfo(), patroni: ownPatroniAt() },
    health: healthAt(),
    config: configAt(),
  }),
}

export const sceneNames = Object.keys(scenes)
export const sceneOf = (name: string): Scene => (scenes[name] ?? scenes['home']!)()
