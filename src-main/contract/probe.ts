import { z } from 'zod'
import { epochMs } from './names.js'

export const outage = z.object({
  from: epochMs.describe('Send time of the first write that was not acknowledged'),
  lastAckAt: epochMs.describe('Acknowledgement before it'),
  until: epochMs.nullable().describe('First acknowledgement after it; null while it lasts'),
  seconds: z.number().describe('From the last acknowledgement to the first after it, or to now'),
  failed: z.int(),
  unknown: z.int(),
})
export type Outage = z.infer<typeof outage>

export const probeStats = z.object({
  running: z.boolean(),
  startedAt: epochMs,
  writesPerSecond: z.number().describe('Acknowledged in the last second'),
  rate: z.number().describe('Attempted per second when all is well'),
  acknowledged: z.int(),
  failed: z.int(),
  unknown: z.int().describe('Sent, never answered: they may or may not be there'),
  outages: z.array(outage),
  lost: z.int().nullable().describe('Acknowledged, absent on the present primary; null until verified'),
  verifiedAt: epochMs.nullable(),
  lastError: z.string().optional(),
})
export type ProbeStats = z.infer<typeof probeStats>
