import { z } from 'zod'
import { epochMs } from './names.js'

export const probeRoutes = ['proxy', 'pgbouncer', 'direct', 'read'] as const
export const probeRoute = z
  .enum(probeRoutes)
  .describe(
    "proxy: the client's write route, which exercises and the timeline use; with no proxy it is the direct one. pgbouncer: through the pool. direct: a list of hosts, of which the one that takes writes is used. read: the read-only route",
  )
export type ProbeRoute = z.infer<typeof probeRoute>

export const outage = z.object({
  from: epochMs.describe('Send time of the first write that was not acknowledged'),
  lastAckAt: epochMs.describe('Acknowledgement before it'),
  until: epochMs.nullable().describe('First acknowledgement after it; null while it lasts'),
  seconds: z.number().describe('From the last acknowledgement to the first after it, or to now'),
  failed: z.int(),
  unknown: z.int(),
  connectedAt: epochMs
    .optional()
    .describe('When the connection was made that carried the first acknowledgement after it'),
})
export type Outage = z.infer<typeof outage>

/** What one data host has of the writes in the ledger. */
export const hostHoldings = z.object({
  host: z.string(),
  recovery: z.boolean().nullable().describe('pg_is_in_recovery; null: the host did not answer'),
  timeline: z.int().nullable(),
  absent: z.int().nullable().describe('Acknowledged writes that are not there; null: it did not answer'),
  onlyHere: z.int().nullable().describe('Writes that are there and not on the present primary'),
  ackedOnlyHere: z.int().nullable().describe('of these, how many were acknowledged: lost, and still on this host'),
  why: z.string().optional().describe('Why it could not be asked'),
})
export type HostHoldings = z.infer<typeof hostHoldings>

export const verification = z.object({
  at: epochMs,
  host: z.string().describe("The present primary: who answers on the client's write route"),
  acknowledged: z.int().describe('Acknowledged writes that were looked for'),
  lost: z.int().describe('of these, absent on the present primary'),
  unknownFound: z.int().describe('Writes that were never answered, and are there'),
  examples: z.array(z.object({ run: z.int(), id: z.int() })).describe('The first 20 of the lost ones'),
  hosts: z.array(hostHoldings).describe('Every data host, the primary as well'),
})
export type Verification = z.infer<typeof verification>

export const probeStats = z.object({
  running: z.boolean(),
  route: probeRoute.optional().describe('absent: proxy'),
  startedAt: epochMs,
  writesPerSecond: z.number().describe('Acknowledged in the last second; answered, on the read route'),
  rate: z.number().describe('Attempted per second when all is well'),
  acknowledged: z
    .int()
    .describe("Since the lab's first probe on this route, from the ledger; answered, on the read route"),
  failed: z.int(),
  unknown: z.int().describe('Sent, never answered: they may or may not be there'),
  outages: z.array(outage),
  lost: z.int().nullable().describe('Acknowledged, absent on the present primary; null until verified'),
  verifiedAt: epochMs.nullable(),
  verification: verification.optional().describe('What the last verification found, host by host'),
  answerAge: z
    .object({ lastMs: z.number().nullable(), worstMs: z.number().nullable() })
    .optional()
    .describe(
      'Read route: how far an answer was behind what had been acknowledged when it was asked for; null while nothing is written',
    ),
  lastError: z.string().optional(),
})
export type ProbeStats = z.infer<typeof probeStats>

export const outagePhases = ['detection', 'lease', 'election', 'promotion', 'routing', 'write'] as const
const range = z.object({
  fromS: z.number(),
  toS: z.number(),
  because: z.string().describe('The settings that say so'),
})
export type Predicted = z.infer<typeof range>

export const outagePhase = z.object({
  phase: z.enum(outagePhases),
  from: epochMs,
  until: epochMs,
  seconds: z.number(),
  uncertainty: z.number().describe('Seconds by which its ends may be off, as their sources are polled'),
  doing: z.string().describe('Completes "18.7 s ...", for example: waiting for the lease (ttl 20)'),
  evidence: z.string().describe('What ended it'),
  predicted: range.optional().describe('What the settings let expect; absent where none says anything'),
})
export type OutagePhase = z.infer<typeof outagePhase>

export const explainedOutage = z.object({
  outage,
  cause: z.object({
    kind: z.string().describe('A kind of fault or of event; unknown: the record names none'),
    t: epochMs,
    text: z.string(),
  }),
  how: z
    .enum(['expired', 'released', 'same-leader'])
    .describe('expired: the lease ran out. released: the key was given up. same-leader: it never changed hands'),
  phases: z.array(outagePhase).describe('In order, without gaps; their seconds add up to the outage'),
  predicted: range.optional().describe('The whole outage, from the settings alone'),
  sentence: z.string(),
})
export type ExplainedOutage = z.infer<typeof explainedOutage>

export const probeReport = z.object({
  claim: z.string().describe('One sentence: the longest outage and its longest phase, lost and unknown writes'),
  stats: probeStats,
  outages: z.array(explainedOutage),
})
export type ProbeReport = z.infer<typeof probeReport>
