import type { Topology } from '../../src-main/contract/topology.js'
import { randomFrom, type Random } from './random.js'

/** One disturbance of a soak: what, where, and how long it stays before it is healed. */
export interface Disturbance {
  kind: string
  target: string
  options: Record<string, unknown>
  holdMs: number
}

type Recipe = (random: Random, topology: Topology) => Omit<Disturbance, 'holdMs'>

const hosts = ({ hosts: all }: Topology): string[] => Object.keys(all)
const having = ({ hosts: all }: Topology, service: string): string[] =>
  Object.keys(all).filter((host) => all[host]!.services.some((own) => own === service))
/** Roles are hit oftener than chance would: what happens to the leader is what a soak is about. */
const roles = ['leader', 'leader', 'sync-standby', 'any-replica', 'etcd-leader']
const anywhere = (random: Random, topology: Topology): string => random.one([...roles, ...hosts(topology)])

/**
 * Every kind of fault after which a cluster has to be whole again by itself. Those that provoke two primaries, or need a
 * person to put things right, are no accidents, and have tests of their own.
 */
const recipes: readonly Recipe[] = [
  (random, topology) => ({ kind: 'crash', target: anywhere(random, topology), options: {} }),
  (random, topology) => ({ kind: 'stop', target: anywhere(random, topology), options: {} }),
  (random, topology) => ({ kind: 'freeze', target: anywhere(random, topology), options: {} }),
  (random, topology) => ({
    kind: 'slow',
    target: anywhere(random, topology),
    options: { percent: random.between(10, 40) },
  }),
  (random, topology) => {
    const target = random.one(having(topology, 'patroni'))
    const process = random.one(['postgres', 'patroni'])
    return { kind: 'kill', target, options: { process, signal: random.one(['KILL', 'TERM', 'STOP']) } }
  },
  (random, topology) => {
    const target = random.one(having(topology, 'patroni'))
    return { kind: 'service-down', target, options: { service: 'patroni' } }
  },
  (random, topology) => ({
    kind: 'service-down',
    target: random.one(having(topology, 'etcd')),
    options: { service: 'etcd' },
  }),
  (random, topology) => ({
    kind: 'restart-loop',
    target: random.one(having(topology, 'etcd')),
    options: { process: 'etcd', everySeconds: random.between(2, 6) },
  }),
  (random, topology) => ({ kind: 'partition', target: anywhere(random, topology), options: {} }),
  (random, topology) => ({
    kind: 'partition',
    target: anywhere(random, topology),
    options: {
      direction: random.one(['in', 'out']),
      action: random.one(['drop', 'reject']),
    },
  }),
  (random, topology) => {
    const target = random.one(having(topology, 'patroni'))
    const services = [random.one(['etcd', 'postgres', 'patroni', 'pgbackrest'])]
    return { kind: 'partition', target, options: { services } }
  },
  (random, topology) => {
    const target = random.one(hosts(topology))
    return {
      kind: 'partition',
      target,
      options: { from: random.some(hosts(topology).filter((host) => host !== target)) },
    }
  },
  (random, topology) => ({
    kind: 'loss',
    target: anywhere(random, topology),
    options: { percent: random.between(10, 60) },
  }),
  (random, topology) => ({
    kind: 'throttle',
    target: anywhere(random, topology),
    options: { kbit: random.between(200, 2_000) },
  }),
  (random, topology) => ({
    kind: 'slow-etcd',
    target: random.one(having(topology, 'etcd')),
    options: { stallMs: random.between(200, 1_500), runMs: random.between(50, 300) },
  }),
  () => ({ kind: 'idle-transaction', target: 'leader', options: {} }),
  () => ({ kind: 'orphan-slot', target: 'leader', options: {} }),
]

/** Long enough, at times, for a lease of 20 s to run out; short enough, at times, that nothing has to happen. */
const holds = [1_000, 3_000, 8_000, 15_000, 28_000] as const

/** The same for the same seed and topology. */
export function scheduleOf(seed: number, count: number, topology: Topology): Disturbance[] {
  const random = randomFrom(seed)
  return Array.from({ length: count }, () => ({
    ...random.one(recipes)(random, topology),
    holdMs: random.one(holds),
  }))
}
