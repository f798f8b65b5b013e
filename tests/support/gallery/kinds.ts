import type { FaultKindInfo } from '../../../src-main/contract/fault.js'

type Row = [kind: string, group: FaultKindInfo['group'], action: string, summary: string, options?: object]

const object = (properties: object, required: string[] = []) => ({ type: 'object', properties, required })
const hosts = (description: string) => ({ type: 'array', items: { type: 'string' }, default: [], description })
const seconds = (description: string) => ({ type: 'number', default: 2, description })
const services = ['etcd', 'patroni', 'postgres', 'pgbackrest', 'haproxy', 'pgbouncer']

/** As many kinds as a menu has to hold; the texts are made up. */
const rows: Row[] = [
  ['crash', 'host', 'Crash {host}', 'Kills the host: no service gets to say goodbye'],
  ['stop', 'host', 'Stop {host}', 'Stops the host in order: services release what they hold'],
  ['freeze', 'host', 'Freeze {host}', 'Pauses every process of the host'],
  [
    'slow',
    'host',
    'Slow {host} down',
    'Gives everything on the host a part of one core',
    object({ percent: { type: 'integer', default: 10, description: 'Percent of one core' } }),
  ],
  ['start', 'host', 'Start {host}', 'Starts a host that is down'],
  [
    'kill',
    'process',
    'Kill a process on {host}',
    'Sends a signal to one process of a host',
    object({
      process: {
        type: 'string',
        enum: ['postgres', 'patroni', 'etcd'],
        default: 'postgres',
        description: 'Which process',
      },
      signal: { type: 'string', enum: ['KILL', 'STOP'], default: 'KILL' },
    }),
  ],
  ['service-down', 'process', 'Take a service of {host} down', 'Stops a service and keeps it down'],
  ['restart-loop', 'process', 'Restart a service of {host} again and again', 'A service that never stays up'],
  [
    'partition',
    'network',
    'Isolate {host}',
    'Cuts the network between hosts, in one or both directions; everything on them goes on',
    object({
      from: hosts('Hosts that the target is cut off from. None named: every other host'),
      with: hosts("Hosts on the target's side, which are cut off with it"),
      direction: { type: 'string', enum: ['in', 'out', 'both'], default: 'both', description: 'Seen from the target' },
      services: {
        type: 'array',
        items: { type: 'string', enum: services },
        default: [],
        description: 'Only what these say. None named: everything',
      },
      action: { type: 'string', enum: ['drop', 'reject'], default: 'drop' },
    }),
  ],
  ['loss', 'network', 'Lose packets of {host}', 'Drops a share of the packets at random'],
  [
    'delay',
    'network',
    'Delay packets of {host}',
    'Adds latency and jitter to every packet',
    object({ seconds: seconds('How long a packet waits') }),
  ],
  ['throttle', 'network', 'Throttle {host}', 'Lets through so many bytes per second'],
  ['disk-full', 'storage', 'Fill the data disk of {host}', 'Leaves no room where the data is'],
  ['wal-disk-full', 'storage', 'Fill the WAL disk of {host}', 'Leaves no room where the WAL is'],
  ['archive-slow', 'storage', 'Slow the archive of {host}', 'Every segment takes long to archive'],
  ['archive-failing', 'storage', 'Break the archive of {host}', 'No segment can be archived'],
  ['damaged-page', 'storage', 'Damage a page on {host}', 'Overwrites one data page; checksums will tell'],
  ['damaged-backup', 'storage', 'Damage a backup file on {host}', 'Overwrites one file of the newest backup'],
  ['clock-skew', 'storage', 'Put the clock of {host} wrong', 'PostgreSQL and Patroni see another time'],
  ['etcd-lost', 'consensus', 'Lose the etcd member of {host} for good', 'Its data is gone, and it does not come back'],
  ['quorum-lost', 'consensus', 'Take etcd’s quorum', 'More members are lost than may be'],
  ['etcd-slow', 'consensus', 'Slow the etcd of {host}', 'Its disk answers late'],
  ['promote', 'people', 'Promote {host} behind Patroni’s back', 'pg_ctl promote, by hand'],
  ['broken-hba', 'people', 'Break pg_hba through edit-config', 'No replica may connect any more'],
  ['forgotten-pause', 'people', 'Leave the cluster paused', 'Somebody paused Patroni and went home'],
  ['orphan-slot', 'people', 'Leave a replication slot on {host}', 'It keeps WAL for nobody'],
  ['long-transaction', 'people', 'Leave a transaction open on {host}', 'Idle in transaction, for a long time'],
]

const onData = ['kill', 'disk-full', 'wal-disk-full', 'damaged-page', 'promote', 'orphan-slot', 'long-transaction']

export const manyKinds: FaultKindInfo[] = rows.map(([kind, group, action, summary, options = object({})]) => ({
  kind,
  group,
  action,
  summary,
  targets: onData.includes(kind) ? 'data-host' : 'any-host',
  options: options as Record<string, unknown>,
  ...(kind === 'start' && { ends: ['crash', 'stop'] }),
}))
