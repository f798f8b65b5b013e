import { z } from 'zod'

/**
 * Patroni's own spellings (4.0.7; 4.1 where it differs). Parsed tolerantly, because minor versions add words; shown
 * verbatim. Two vocabularies for one thing: what GET /cluster calls `leader`, GET /patroni calls `primary`.
 */

/** `role` of a member in GET /cluster, as `patronictl list` shows it. */
export const memberRoles = ['leader', 'standby_leader', 'sync_standby', 'quorum_standby', 'replica'] as const
export type MemberRole = (typeof memberRoles)[number]

/** `role` in GET /patroni and in the key members/<name>. `master` until 3.x. */
export const nodeRoles = [
  'primary',
  'master',
  'replica',
  'standby_leader',
  'demoted',
  'promoted',
  'uninitialized',
] as const
export type NodeRole = (typeof nodeRoles)[number]

/** `state` in GET /patroni; GET /cluster says `streaming` or `in archive recovery` for standbys where it is known. */
export const postgresStates = [
  'initializing new cluster',
  'initdb failed',
  'running custom bootstrap script',
  'starting after custom bootstrap',
  'custom bootstrap failed',
  'creating replica',
  'starting',
  'start failed',
  'running',
  'restarting',
  'restart failed',
  'stopping',
  'stopped',
  'stop failed',
  'crashed',
] as const
export const standbyStates = ['streaming', 'in archive recovery'] as const

/** States of a PostgreSQL that is on its way up. */
export const isStarting = (state: string): boolean =>
  /^(starting|restarting|creating replica|initializing|running custom bootstrap)/.test(state)

/** Names of the keys under /service/<scope>/. */
export const dcsKeys = {
  leader: 'leader',
  sync: 'sync',
  config: 'config',
  history: 'history',
  failover: 'failover',
  initialize: 'initialize',
  status: 'status',
  members: 'members/',
} as const

export const dcsPrefix = (scope: string): string => `/service/${scope}/`

/** GET /cluster. `lag` is bytes or "unknown", and absent on the leader. */
export const clusterBody = z.looseObject({
  members: z.array(
    z.looseObject({
      name: z.string(),
      role: z.string(),
      state: z.string(),
      api_url: z.string().optional(),
      host: z.string().optional(),
      port: z.number().optional(),
      timeline: z.number().optional(),
      lag: z.union([z.number(), z.string()]).optional(),
      pending_restart: z.boolean().optional(),
      tags: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
  scope: z.string().optional(),
  pause: z.boolean().optional(),
  scheduled_switchover: z.looseObject({ at: z.string() }).optional(),
})
export type ClusterBody = z.infer<typeof clusterBody>

/** GET /patroni. Answers with 503 as well as 200; the body counts. */
export const patroniBody = z.looseObject({
  state: z.string(),
  role: z.string(),
  timeline: z.number().optional(),
  server_version: z.number().optional(),
  database_system_identifier: z.string().optional(),
  pending_restart: z.boolean().optional(),
  pause: z.boolean().optional(),
  cluster_unlocked: z.boolean().optional(),
  sync_standby: z.boolean().optional(),
  quorum_standby: z.boolean().optional(),
  replication_state: z.string().optional(),
  patroni: z.looseObject({ version: z.string().optional(), name: z.string().optional() }).optional(),
})
export type PatroniBody = z.infer<typeof patroniBody>

/** A row of `history`: the timeline that ended, where, why; the last two may be missing. */
export const historyRow = z.tuple([z.number(), z.number(), z.string()]).rest(z.unknown())
export const historyBody = z.array(historyRow)

/** `sync`: standbys in one string, comma-separated; `{leader: null}` when synchronous mode has nobody. */
export const syncBody = z.looseObject({
  leader: z.string().nullish(),
  sync_standby: z.string().nullish(),
})
