import type { Topology } from '../../src-main/contract/topology.js'

export interface Box {
  x: number
  y: number
  width: number
  height: number
}

/** What a host is to the picture; its column's width follows from it. */
export type HostKind = 'data' | 'route' | 'vote' | 'backup' | 'other'

export type Density = 'rich' | 'full' | 'mid' | 'small'

/** Sizes of a box's parts at one density, in pixels. */
export interface BoxSizes {
  density: Density
  header: number
  pitch: number
  bottom: number
  /** Most facts that a data host's box shows. */
  facts: number
}

export interface SiteFrame {
  /** Absent: the main one. */
  site: string | undefined
  words: string
  box: Box
}

export interface TopologyLayout {
  /** The picture's own size; larger than the panel where that is too small to draw in, and then scaled down. */
  width: number
  height: number
  sizes: BoxSizes
  client: Box
  hosts: Record<string, Box>
  /** Where etcd's members meet: a vertical line at x; null without members. */
  busX: number | null
  /** Room between the data hosts' column and the next one on its right, for the bus and its words. */
  busRoom: number
  quorum: Box | null
  fork: Box | null
  /** Room for what is broken, above the client; null where there is none. */
  faults: Box | null
  /** Around the hosts of each site; none where there is one site. */
  frames: SiteFrame[]
}

export type Spec = Pick<Topology, 'hosts' | 'client'>

export function kindOf(services: readonly string[]): HostKind {
  if (services.includes('patroni')) return 'data'
  if (services.includes('haproxy') || services.includes('pgbouncer')) return 'route'
  if (services.includes('pgbackrest')) return 'backup'
  return services.includes('etcd') ? 'vote' : 'other'
}
