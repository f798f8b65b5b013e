import { z } from 'zod'
import { epochMs } from './names.js'

export const proof = z.object({ holds: z.boolean(), observed: z.string() })
export type Proof = z.infer<typeof proof>

/** Packets from one host to another that a fault keeps back, seen from the sender. */
export const faultCut = z.object({
  from: z.string(),
  to: z.string(),
  services: z.array(z.string()).describe('Only what goes to or comes from these services; empty: everything'),
})
export type FaultCut = z.infer<typeof faultCut>

const dayMs = 86_400_000

/** When a fault is injected and healed, counted from the request. Nothing given: now, and until it is healed. */
export const faultSchedule = z.strictObject({
  afterMs: z.int().min(0).max(dayMs).optional().describe('Wait so long before it is injected'),
  forMs: z.int().min(1).max(dayMs).optional().describe('Heal it by itself so long after its injection'),
  everyMs: z.int().min(1_000).max(dayMs).optional().describe('Inject it again so long after the last time; with times'),
  times: z.int().min(1).max(100).optional().describe('How many times in all; with everyMs'),
})
export type FaultSchedule = z.infer<typeof faultSchedule>

/** A fault as the ledger keeps it; written before it acts, so that a restarted app can heal it. */
export const faultRecord = z.object({
  id: z.string(),
  kind: z.string(),
  target: z.string().describe('Host name, resolved from a role when one was given; while scheduled, as it was given'),
  options: z.record(z.string(), z.unknown()),
  state: z.enum(['scheduled', 'applying', 'active', 'healing', 'healed', 'failed', 'ended']),
  appliedAt: epochMs.describe('While scheduled: when it is due'),
  healedAt: epochMs.optional(),
  effect: proof.optional(),
  healing: proof.optional(),
  schedule: z
    .object({
      dueAt: epochMs,
      forMs: z.int().optional().describe('Heals by itself so long after appliedAt'),
      n: z.int().describe('Which of the request, counted from 1'),
      of: z.int(),
      role: z.string().optional().describe('The role that is resolved when it is injected'),
    })
    .optional(),
  did: z.string().optional().describe('What it did, in a sentence'),
  cuts: z.array(faultCut).optional().describe('Which directions of which links it cuts; for the picture'),
  by: z.enum(['learner', 'exercise', 'cli', 'proof']).default('learner'),
})
export type FaultRecord = z.infer<typeof faultRecord>

/** What a fault is about; menus and docs are grouped by it. */
export const faultGroups = ['host', 'process', 'network', 'storage', 'consensus', 'people'] as const

/** A kind as screens, `dojo fault --help` and docs show it. */
export const faultKindInfo = z.object({
  kind: z.string(),
  group: z.enum(faultGroups),
  summary: z.string(),
  action: z.string().describe("A button's words with {host}, for example: Crash {host}"),
  targets: z.enum(['any-host', 'data-host']),
  options: z.record(z.string(), z.unknown()).describe('JSON Schema of its options'),
  ends: z.array(z.string()).optional().describe('Kinds of faults that it ends: it repairs, and screens show it so'),
})
export type FaultKindInfo = z.infer<typeof faultKindInfo>
