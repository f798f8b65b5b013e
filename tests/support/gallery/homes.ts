import type { ExerciseSummary } from '../../../src-main/contract/exercise.js'
import type { HomeView } from '../../../src-main/contract/rpc.js'

type Planned = [number: number, title: string, group: string, minutes: number]

const planned: Planned[] = [
  [1, 'Read the cluster', 'Read', 15],
  [2, 'Routing', 'Read', 20],
  [3, 'Planned switchover', 'Move', 20],
  [4, 'Zero-error switchover', 'Move', 30],
  [5, 'Rolling restart', 'Move', 25],
  [15, 'Maintenance mode', 'Move', 20],
  [6, 'Postmaster crash', 'Break', 15],
  [10, 'Lagging replica', 'Break', 20],
  [11, 'Partition, asynchronous', 'Break', 30],
  [12, 'Partition, synchronous', 'Break', 30],
  [13, 'Strict mode blocks', 'Break', 20],
  [14, 'Quorum commit', 'Break', 25],
  [16, 'The witness breaks the tie', 'Break', 20],
  [19, 'Failsafe mode', 'Break', 25],
  [8, 'Rejoin by pg_rewind', 'Recover', 20],
  [9, 'Rejoin by reinit', 'Recover', 20],
  [17, 'Replace an etcd member', 'Recover', 25],
  [18, 'etcd quorum lost', 'Recover', 30],
  [22, 'PITR beside the cluster', 'Recover', 35],
  [23, 'PITR of the cluster', 'Recover', 45],
  [24, 'Delta restore', 'Recover', 20],
  [20, 'Backups', 'Protect', 25],
  [21, 'Replica from backup', 'Protect', 20],
  [25, 'Slots and WAL', 'Protect', 25],
  [28, 'Cron backups, the old way', 'Protect', 35],
  [26, 'Standby cluster', 'Operate', 40],
  [27, 'Logical slots', 'Operate', 30],
  [29, 'Minor upgrade', 'Operate', 25],
  [30, 'Harden it', 'Operate', 40],
]

export const failover: Omit<ExerciseSummary, 'attempt'> = {
  slug: 'failover',
  number: 7,
  title: 'Failover',
  goal: 'Crash the leader’s host, explain every second of the outage, and bring the host back.',
  group: 'Break',
  kind: 'guided',
  topology: 'pair-witness',
  minutes: 30,
  difficulty: 'first',
  steps: 7,
}

type LabState = HomeView['labs'][number]['state']

export function homeWith(part: {
  lab?: LabState
  step?: number
  image?: HomeView['image']['state']
  engine?: HomeView['engine']['state']
}): HomeView {
  const { lab, step, image = 'current', engine = 'ready' } = part
  const attempt = step === undefined ? null : { id: 'a1', lab: 'pw-1', state: 'running' as const, step }
  const container = lab === 'booting' ? ('exited' as const) : ('running' as const)
  return {
    at: Date.now(),
    version: '0.1.0',
    engine: {
      state: engine,
      version: engine === 'ready' ? '20.10.24' : null,
      where: '/var/run/docker.sock',
      ...(engine === 'denied' && {
        error: {
          what: 'The engine’s socket is not yours to use',
          why: 'your user is not in the group docker, which owns /var/run/docker.sock',
          next: 'Run `sudo usermod -aG docker $USER`, then log in again',
        },
      }),
    },
    image: { tag: 'pg-ha-dojo/host:3f', state: image, sizeBytes: image === 'current' ? 365_000_000 : null },
    kernel: 'nft, tbf; no netem: delay faults are off',
    memory: { labsBytes: lab ? 165 * 2 ** 20 : 0, totalBytes: 24 * 2 ** 30 },
    labs: lab
      ? [
          {
            lab: 'pw-1',
            topology: 'pair-witness',
            state: lab,
            createdAt: Date.now() - 1_000_000,
            hosts: ['pg1', 'pg2', 'witness', 'backup', 'proxy'].map((name) => ({ name, container })),
            attempt: attempt?.id ?? null,
          },
        ]
      : [],
    exercises: [{ ...failover, attempt }],
    planned: planned.map(([number, title, group, minutes]) => ({ number, title, group, minutes })),
  }
}
