import { z } from 'zod'
import { cronProblem } from './cron-expression.js'
import { hostName, slug } from './names.js'

export const services = [
  'etcd',
  'patroni',
  'pgbackrest',
  'haproxy',
  'pgbouncer',
  'cron',
  'postgres-exporter',
  'prometheus',
] as const
export const serviceName = z.enum(services).describe('A supervised process on a host; patroni runs postgres')
export type ServiceName = z.infer<typeof serviceName>

const size = z.string().regex(/^\d+(Mi|Gi)$/, 'a whole number with Mi or Gi, for example 512Mi')

export const hostSpec = z.strictObject({
  address: z.int().min(2).max(254).describe('Last octet of the static address; each lab gets a /24 of its own'),
  services: z.array(serviceName).min(1).describe('Services that run here'),
  memory: size.describe('Memory limit of the host').default('512Mi'),
  disk: size.optional().describe("A disk of this size for PostgreSQL's data. It is in memory, and counts as such"),
  walDisk: size.optional().describe('Another one for its WAL alone. Without it WAL is where the data is'),
  at: z
    .tuple([z.number().min(0).max(7), z.number().min(0).max(7)])
    .describe('Place in the picture: column and row, from 0; the client is drawn at [0, *]'),
  site: hostName
    .optional()
    .describe(
      'Another site than the main one: its hosts have an etcd and a Patroni scope of their own, a standby cluster',
    ),
  about: z.string().optional().describe('One sentence for the boot screen: what this host is for'),
})
export type HostSpec = z.infer<typeof hostSpec>

const count = z.int().min(1)

/** What a file says of a host: one, or several alike. Only the file knows of copies; a lab has the hosts themselves. */
export const hostEntry = hostSpec.extend({
  copies: z
    .strictObject({ default: count, min: count, max: count })
    .optional()
    .describe(
      'How many hosts of this kind there are, and may be with --set size.NAME=N. Several are called NAME1, NAME2, each an address and a row further; one keeps the name',
    ),
})
export type HostEntry = z.infer<typeof hostEntry>

const seconds = z.int().min(0)

/** Patroni's dynamic configuration, spelled as Patroni spells it. The sum rule is checked by lab/. */
export const patroniSettings = z.strictObject({
  ttl: z.int().min(20).default(20).describe('Seconds that the leader key lives without a renewal'),
  loop_wait: z.int().min(1).default(2).describe('Seconds between two cycles of Patroni'),
  retry_timeout: z.int().min(3).default(8).describe('Seconds that Patroni retries etcd and PostgreSQL'),
  synchronous_mode: z.boolean().default(false).describe('Only a synchronous standby may be promoted'),
  synchronous_mode_strict: z.boolean().default(false).describe('Block writes when no synchronous standby is there'),
  maximum_lag_on_failover: z.int().min(0).default(1048576).describe('Bytes of lag that still allow promotion'),
  primary_start_timeout: seconds.default(300).describe('Seconds that a crashed primary may take to restart'),
  failsafe_mode: z.boolean().default(false).describe('Keep the primary writable when etcd is down'),
})

/** When cron runs something: five fields, as in a crontab. */
const cronExpression = z
  .string({ error: 'five fields of cron, for example "0 3 * * 0"' })
  .superRefine((text, context) => {
    const message = cronProblem(text)
    if (message !== null) context.addIssue({ code: 'custom', message })
  })
  .optional()

export const settingsSpec = z.strictObject({
  patroni: patroniSettings.prefault({}),
  postgresql: z
    .record(z.string().regex(/^[a-z_.]+$/), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('PostgreSQL parameters, set through Patroni'),
  etcd: z
    .strictObject({
      heartbeat_interval: z.int().min(10).default(200).describe('Milliseconds between heartbeats of the etcd leader'),
      election_timeout: z.int().min(100).default(1000).describe('Milliseconds without a heartbeat until an election'),
    })
    .prefault({}),
  backup: z
    .strictObject({
      keep_full: z.int().min(1).max(100).default(2).describe('Full backups that are kept, with what depends on them'),
      encrypted: z.boolean().default(false).describe('Whether the repository is encrypted, with a key of the lab'),
      archive_async: z.boolean().default(false).describe('Archive and fetch WAL in batches, beside PostgreSQL'),
      replicas_from_backup: z
        .boolean()
        .default(false)
        .describe('New replicas come from the repository, and from the leader where there is no backup yet'),
      full_at: cronExpression.describe('When cron makes a full backup: five fields, UTC. Absent: never'),
      diff_at: cronExpression.describe('When cron makes a differential one'),
      incr_at: cronExpression.describe('When cron makes an incremental one'),
    })
    .prefault({})
    .describe(
      'pgBackRest, where the topology has a host that keeps backups; with several, each is a repository of its own',
    ),
  cron: z
    .strictObject({
      every: z
        .int()
        .refine((minutes) => minutes >= 1 && 60 % minutes === 0, 'a whole number of minutes that divides an hour')
        .default(30)
        .describe('Minutes between two runs of base-backup, where a host runs cron'),
      keep: z.int().min(1).default(3).describe('Base backups that each host keeps, the newest'),
    })
    .prefault({}),
  security: z
    .enum(['plain', 'tls'])
    .default('plain')
    .describe('tls: every port of every service speaks TLS alone, with certificates of the lab'),
})
export type Settings = z.infer<typeof settingsSpec>

const port = z.int().min(1).max(65535)
const route = z.strictObject({ host: hostName, port })

/** As the host of a route: whoever leads. No proxy says who that is; clients know every data host, and try them. */
export const whoLeads = 'leader'

/** A word that SQL takes without quotes. */
const sqlName = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, 'a lower-case letter, then letters, digits or underscores')

export const topologySpec = z.strictObject({
  topology: slug.describe('Name; equal to the name of the file'),
  summary: z.string().describe('What this cluster is, in one line'),
  hosts: z.record(hostName, hostSpec),
  settings: settingsSpec.prefault({}),
  load: z
    .string()
    .regex(/^[a-z0-9-]+\.sql$/, 'the name of a file in labs/data, for example expenses.sql')
    .optional()
    .describe("SQL that is loaded once, at birth, as the owner of the client's database: a file in labs/data"),
  client: z.strictObject({
    readWrite: route.describe(
      'Where clients write. Host `leader`: they know every data host, and take the one that accepts writes',
    ),
    readOnly: route.optional().describe('Where clients read'),
    database: sqlName.optional().describe('Absent: app'),
    user: sqlName.optional().describe('Owns the database. Absent: app'),
  }),
  fixedPorts: z
    .record(z.string(), port)
    .optional()
    .describe(
      'By endpoint, what `--ports fixed` gives its first host; the next ones follow. Absent: the well-known port',
    ),
  healthy: z
    .strictObject({
      within: z.int().min(5).default(90).describe('Seconds that a boot may take before it is called failed'),
      standbys: z
        .strictObject({
          streaming: z.int().min(0).describe('Rows of pg_stat_replication that stream'),
          synchronous: z.int().min(0).describe('of these, how many are sync or quorum'),
        })
        .describe('Asked with SQL by the client route, never concluded from etcd'),
    })
    .describe('When the lab counts as healthy: a write commits, and these standbys stream'),
  promises: z
    .strictObject({
      writablePrimaries: z.strictObject({ atMost: z.int().min(0) }).optional(),
      lostAcknowledgedWrites: z.strictObject({ atMost: z.int().min(0) }).optional(),
    })
    .default({})
    .describe('Invariants that hold from boot to removal'),
})
export type Topology = z.infer<typeof topologySpec>

const { healthy } = topologySpec.shape
const { standbys } = healthy.shape

/** The content of a topology's file. Sizes turn it into a topology: lab/sizes.ts. */
export const topologyFile = topologySpec.extend({
  hosts: z.record(hostName, hostEntry),
  healthy: healthy.extend({
    standbys: standbys.extend({
      streaming: standbys.shape.streaming.optional().describe('Absent: every data host but the leader'),
    }),
  }),
})
export type TopologyFile = z.infer<typeof topologyFile>

export const topologySummary = z.object({ topology: z.string(), summary: z.string(), hosts: z.array(z.string()) })
