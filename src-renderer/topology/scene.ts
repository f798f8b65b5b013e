import type { Violation } from '../timeline/violations.js'
import { clientCard, type ClientCard } from './scene-client.js'
import type { SceneInput } from './scene-base.js'
import { quorumOf, siteEtcdOf, type QuorumView, type SiteEtcd } from './scene-etcd.js'
import { faultsOf, type FaultView } from './scene-faults.js'
import { forkOf, type ForkView } from './scene-fork.js'
import { hostCard, type HostCard } from './scene-hosts.js'
import { linksOf, type LinkView } from './scene-links.js'

/** Everything that the picture says, before anything is drawn: the drawing, the table and the tips read the same. */
export interface Scene {
  client: ClientCard
  hosts: HostCard[]
  links: LinkView[]
  quorum: QuorumView | null
  siteEtcd: SiteEtcd[]
  fork: ForkView | null
  faults: FaultView[]
  violations: readonly Violation[]
}

export function sceneOf(input: SceneInput): Scene {
  const hosts = input.info.hosts.map((host) => hostCard(input, host))
  return {
    client: clientCard(input),
    hosts,
    links: linksOf(input),
    quorum: quorumOf(input),
    siteEtcd: siteEtcdOf(input),
    fork: forkOf(input),
    faults: faultsOf(input),
    violations: input.violations ?? [],
  }
}
