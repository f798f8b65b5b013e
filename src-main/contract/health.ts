import { z } from 'zod'
import { epochMs } from './names.js'

export const healthSubsystems = [
  'host',
  'etcd',
  'patroni',
  'postgres',
  'replication',
  'slots',
  'archiving',
  'backups',
  'proxy',
  'pgbouncer',
  'disk',
  'clocks',
  'tls',
  'promises',
  'faults',
] as const
export const healthSubsystem = z.enum(healthSubsystems)
export type HealthSubsystem = z.infer<typeof healthSubsystem>

export const healthFinding = z.object({
  rule: z.string().describe('Stable name, for example standby-not-streaming; `cluster-health` on a host uses the same'),
  subsystem: healthSubsystem,
  host: z.string().nullable().describe('null: the cluster as a whole'),
  severity: z.enum(['critical', 'warning']),
  text: z.string().describe('What is wrong, a clause'),
  since: epochMs.nullable().describe('By the evidence; null when nobody saw it begin'),
  next: z.string().describe('The next thing to look at: a command'),
})
export type HealthFinding = z.infer<typeof healthFinding>

export const healthReport = z.object({
  lab: z.string(),
  topology: z.string(),
  at: epochMs,
  healthy: z.boolean(),
  findings: z.array(healthFinding),
  areas: z
    .array(
      z.object({
        subsystem: healthSubsystem,
        host: z.string().nullable(),
        state: z.enum(['ok', 'wrong', 'unknown']).describe('unknown: it could not be asked'),
      }),
    )
    .describe('Everything that was looked at'),
})
export type HealthReport = z.infer<typeof healthReport>
