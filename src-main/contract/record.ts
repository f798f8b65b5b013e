import { z } from 'zod'
import { clockOffset, hostRole } from './cluster.js'
import { epochMs } from './names.js'

/**
 * What the flight recorder keeps, one JSON line each, and what the timeline draws: live and replay use the same records.
 * `t` is the app's clock in ms; `u` the uncertainty in ms where a source is polled.
 */
const base = { t: epochMs, u: z.number().optional() }

export const eventKinds = [
  'lab.booting',
  'lab.healthy',
  'lab.removed',
  'phase',
  'host.crashed',
  'host.stopped',
  'host.frozen',
  'host.thawed',
  'host.started',
  'service.killed',
  'service.lost',
  'service.back',
  'service.restarted',
  'restart.pending',
  'restart.done',
  'leader.lost',
  'leader.released',
  'lease.expired',
  'leader.taken',
  'election',
  'promoted',
  'demoted',
  'timeline',
  'sync.changed',
  'replica.streaming',
  'replica.stopped',
  'slot.created',
  'slot.dropped',
  'slot.inactive',
  'slot.active',
  'config.changed',
  'cluster.paused',
  'cluster.resumed',
  'switchover.requested',
  'etcd.lost',
  'etcd.back',
  'etcd.leader',
  'quorum.lost',
  'quorum.back',
  'fault.applied',
  'fault.healed',
  'fault.failed',
  'outage.began',
  'outage.ended',
  'writes.verified',
  'invariant.violated',
  'invariant.restored',
  'unexplained',
  'clock.skewed',
  'clock.right',
  'clock.jumped',
  'backup',
  'pitr',
  'archive',
  'archive.failing',
  'archive.working',
  'terminal.input',
  'step.began',
  'step.done',
  'check.passed',
  'check.regressed',
  'answer',
  'hint',
  'attempt.began',
  'attempt.ended',
] as const
export const eventKind = z.enum(eventKinds)
export type EventKind = z.infer<typeof eventKind>

export const labEvent = z.object({
  ...base,
  k: z.literal('event'),
  kind: eventKind,
  host: z.string().optional(),
  text: z.string().describe('A short clause for the mark, for example: crash pg1'),
  data: z.record(z.string(), z.unknown()).default({}),
  source: z.string().describe('engine, etcd, patroni, sql, probe, app'),
})
export type LabEvent = z.infer<typeof labEvent>

/** A host's role from now on; a band of the timeline. */
export const roleRecord = z.object({
  ...base,
  k: z.literal('role'),
  host: z.string(),
  role: hostRole,
  timeline: z.number().nullable(),
  note: z.string(),
})

/** The lease as read now (about 2 per second); the saw-tooth of the lease lane. */
export const leaseRecord = z.object({
  ...base,
  k: z.literal('lease'),
  holder: z.string().nullable(),
  leftMs: z.number().nullable(),
  ttlS: z.number(),
})

/** etcd members from now on: true = it answers and votes. */
export const etcdRecord = z.object({
  ...base,
  k: z.literal('etcd'),
  members: z.record(z.string(), z.boolean()),
  quorum: z.boolean(),
})

/** Client writes: one array entry per 100 ms from `t` on. */
export const ticksRecord = z.object({
  ...base,
  k: z.literal('ticks'),
  acked: z.array(z.int()),
  failed: z.array(z.int()),
  unknown: z.array(z.int()),
  slowestMs: z
    .array(z.number().nullable())
    .optional()
    .describe('Of the writes acknowledged in each entry, the longest wait; null where none was'),
})

/** Positions as read now, about one record per second; the charts. Hosts that could not be asked are left out. */
export const gaugeRecord = z.object({
  ...base,
  k: z.literal('gauge'),
  hosts: z.record(
    z.string(),
    z.object({
      walBytes: z.number().describe('WAL position: written by a primary, replayed by a standby'),
      lagBytes: z.number().nullable().describe('Behind the primary, as the primary sees it; null where it sees none'),
      lagMs: z.number().nullable(),
    }),
  ),
})

/** How far other clocks are from the app's: once a minute, and when one of them moved. */
export const clockRecord = z.object({
  ...base,
  k: z.literal('clock'),
  clocks: z.record(z.string(), clockOffset).describe('By host, and `engine`'),
  etcd: z
    .object({ revision: z.int(), at: epochMs, u: z.number() })
    .optional()
    .describe('The newest revision under the prefix became known at `at`, at most `u` ms after it was made'),
})

export const labRecord = z.discriminatedUnion('k', [
  labEvent,
  roleRecord,
  leaseRecord,
  etcdRecord,
  ticksRecord,
  gaugeRecord,
  clockRecord,
])
export type LabRecord = z.infer<typeof labRecord>
