import { z } from 'zod'
import { faultRecord } from './fault.js'
import { epochMs } from './names.js'
import { probeStats } from './probe.js'

/**
 * One source's last answer. `value` may be old: `at` says when it was read, `stale` that it must not be taken as
 * present truth, `error` why the source is silent now.
 */
const part = <T extends z.ZodType>(value: T) =>
  z.object({ value: value.nullable(), at: epochMs.nullable(), stale: z.boolean(), error: z.string().optional() })
export interface Part<T> {
  value: T | null
  at: number | null
  stale: boolean
  error?: string | undefined
}

/** As the engine reports it. `how` tells a crash from a graceful stop when the container is not running. */
export const hostState = z.object({
  container: z.enum(['running', 'paused', 'exited', 'missing']),
  since: epochMs,
  how: z.enum(['killed', 'stopped', 'died']).optional(),
  exitCode: z.int().optional(),
})
export type HostState = z.infer<typeof hostState>

/** GET /patroni of one host, spelled as Patroni spells it. */
export const patroniReading = z.object({
  state: z.string(),
  role: z.string(),
  timeline: z.number().optional(),
  pendingRestart: z.boolean(),
  paused: z.boolean(),
  clusterUnlocked: z.boolean(),
  syncStandby: z.boolean(),
  replicationState: z.string().optional(),
  serverVersion: z.number().optional(),
  patroniVersion: z.string().optional(),
  systemIdentifier: z.string().optional(),
})
export type PatroniReading = z.infer<typeof patroniReading>

/** What SQL says of one host, asked directly and not by the client's route. */
export const postgresReading = z.object({
  inRecovery: z.boolean(),
  readOnly: z.boolean().describe('default_transaction_read_only or recovery'),
  timeline: z.number(),
  lsn: z.string().describe('Current write position, or the replayed one in recovery'),
  systemIdentifier: z.string(),
  startedAt: epochMs,
  version: z.string(),
  replication: z.array(
    z.object({
      applicationName: z.string(),
      state: z.string(),
      syncState: z.string(),
      lagBytes: z.number().nullable(),
      lagMs: z.number().nullable(),
    }),
  ),
  walReceiver: z.object({ status: z.string(), senderHost: z.string().nullable() }).nullable(),
  archiver: z
    .object({
      lastArchived: z.string().nullable(),
      lastArchivedAt: epochMs.nullable(),
      failedCount: z.number(),
      lastFailed: z.string().nullable().optional(),
      lastFailedAt: epochMs.nullable().optional(),
    })
    .nullable(),
  slots: z
    .array(
      z.object({
        name: z.string(),
        type: z.string(),
        active: z.boolean(),
        heldBytes: z.number().nullable().describe('WAL that is kept for it; null where it keeps none'),
        walStatus: z.string().nullable(),
      }),
    )
    .optional(),
  clock: epochMs.optional().describe("The host's own clock when it answered"),
})
export type PostgresReading = z.infer<typeof postgresReading>

/**
 * A clock beside the app's: what it shows minus what the app's clock shows, in ms, give or take `u`. Subtract it from a
 * time stamp of that clock.
 */
export const clockOffset = z.object({ offsetMs: z.number(), u: z.number(), at: epochMs })
export type ClockOffset = z.infer<typeof clockOffset>

/**
 * A safety invariant that did not hold, and when. It was broken from `from` to `to` for certain; it may have begun `fromU`
 * ms earlier and ended `toU` ms later.
 */
export const violation = z.object({
  invariant: z.enum(['writablePrimaries', 'lostAcknowledgedWrites', 'divergedMember']),
  hosts: z.array(z.string()),
  from: epochMs,
  fromU: z.number(),
  to: epochMs.nullable().describe('null while it lasts'),
  toU: z.number(),
  text: z.string().describe('A sentence'),
})
export type Violation = z.infer<typeof violation>

export const etcdMember = z.object({
  name: z.string(),
  answers: z.boolean(),
  leader: z.boolean(),
  term: z.number().optional(),
  error: z.string().optional(),
})

/** The keys of /service/<scope>/ that matter, from the watch. */
export const dcsReading = z.object({
  leader: z.string().nullable().describe('Value of the leader key: a member name'),
  lease: z
    .object({
      id: z.string(),
      ttlS: z.number(),
      leftMs: z.number().describe('At `readAt`; counts down from there'),
      readAt: epochMs,
      renewedAt: epochMs.nullable().describe('When a read last showed the lease renewed'),
    })
    .nullable(),
  sync: z.object({ leader: z.string().nullable(), standbys: z.array(z.string()) }),
  config: z.record(z.string(), z.unknown()).describe('Dynamic configuration, spelled as Patroni spells it'),
  initialize: z.string().nullable(),
  failover: z.record(z.string(), z.unknown()).nullable(),
  history: z.array(
    z.object({
      timeline: z.number(),
      lsn: z.number(),
      reason: z.string(),
      at: z.string().optional(),
      newLeader: z.string().optional(),
    }),
  ),
  members: z.record(z.string(), z.record(z.string(), z.unknown())),
  pause: z.boolean(),
  position: z
    .number()
    .nullable()
    .optional()
    .describe('Where WAL ended when the leader last wrote its status, in bytes since the beginning of the log'),
})
export type DcsReading = z.infer<typeof dcsReading>

/** One word for a host's part in the cluster, concluded from fresh evidence only. */
export const hostRole = z.enum(['leader', 'sync', 'replica', 'starting', 'none', 'down', 'frozen', 'unknown'])
export type HostRole = z.infer<typeof hostRole>

export const hostView = z.object({
  name: z.string(),
  role: hostRole,
  timeline: z.number().nullable(),
  note: z
    .string()
    .describe('What it is doing in a few words, for example: streaming from pg1; was leader on timeline 1'),
  engine: part(hostState),
  patroni: part(patroniReading).optional(),
  postgres: part(postgresReading).optional(),
})
export type HostView = z.infer<typeof hostView>

export const proxyBackend = z.object({ host: z.string(), write: z.boolean(), read: z.boolean(), check: z.string() })

export const backupReading = z.object({
  stanzaOk: z.boolean(),
  message: z.string(),
  backups: z.array(
    z.object({ label: z.string(), type: z.string(), startedAt: epochMs, stoppedAt: epochMs, sizeBytes: z.number() }),
  ),
  archiveMin: z.string().nullable(),
  archiveMax: z.string().nullable(),
})
export type BackupReading = z.infer<typeof backupReading>

/** Everything the screen knows of a cluster at one moment. Sent whole, at most every 100 ms, when it changed. */
export const clusterState = z.object({
  lab: z.string(),
  at: epochMs,
  hosts: z.array(hostView),
  leader: z
    .string()
    .nullable()
    .describe(
      'Holder of the leader key, by the watch; null when nobody holds it, or when etcd can not say (dcs.stale)',
    ),
  dcs: part(dcsReading),
  etcd: part(z.object({ members: z.array(etcdMember), quorum: z.boolean() })),
  proxy: part(z.array(proxyBackend)),
  backup: part(backupReading).describe('The repository; the first one where there are several'),
  repositories: z
    .record(z.string(), part(backupReading))
    .optional()
    .describe('By host, where a lab has more than one repository'),
  probe: probeStats.nullable(),
  faults: z.array(faultRecord),
  clocks: z.record(z.string(), clockOffset).optional().describe('By host, and `engine`; those that were measured'),
  violations: z.array(violation).optional().describe('Of the invariants, since the lab was booted; the newest last'),
})
export type ClusterState = z.infer<typeof clusterState>
