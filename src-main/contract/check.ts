import { z } from 'zod'
import { epochMs } from './names.js'

/** `error`: could not check; never the learner's fault. `waiting`: not yet, and still within its deadline. */
export const verdictWord = z.enum(['pass', 'fail', 'waiting', 'error'])
export type VerdictWord = z.infer<typeof verdictWord>

export const evidence = z.object({
  source: z.string().describe('For example: GET /cluster on pg2'),
  value: z.unknown(),
  ageMs: z.number().optional(),
})
export type Evidence = z.infer<typeof evidence>

export const verdict = z.object({
  verdict: verdictWord,
  expected: z.string(),
  observed: z.string(),
  why: z.string(),
  evidence: z.array(evidence),
  fields: z
    .array(z.object({ name: z.string(), expected: z.string(), observed: z.string(), differs: z.boolean() }))
    .optional()
    .describe('Where three or more fields are compared: a table'),
})
export type Verdict = z.infer<typeof verdict>

export const checkView = z.object({
  id: z.string(),
  title: z.string(),
  mode: z.enum(['edge', 'level']).describe('edge: it was done; level: it is true now and can regress'),
  result: verdict.nullable().describe('null: not asked yet'),
  at: epochMs.nullable(),
  passedAt: epochMs.nullable(),
  within: z.object({ ms: z.number(), since: epochMs }).optional().describe('Deadline while waiting'),
  tries: z.array(epochMs).optional().describe('When it could not be checked'),
})
export type CheckView = z.infer<typeof checkView>
