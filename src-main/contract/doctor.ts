import { z } from 'zod'

export const finding = z.object({
  id: z.string(),
  title: z.string(),
  state: z.enum(['ok', 'warn', 'fail']),
  observed: z.string(),
  why: z.string().optional(),
  next: z.string().optional(),
})
export type Finding = z.infer<typeof finding>

export const engineStatus = z.object({
  state: z.enum(['ready', 'unreachable', 'denied', 'too-old']),
  version: z.string().nullable(),
  where: z.string().nullable().describe('Socket or address'),
  error: z.object({ what: z.string(), why: z.string(), next: z.string() }).optional(),
})
export type EngineStatus = z.infer<typeof engineStatus>

export const imageStatus = z.object({
  tag: z.string(),
  state: z.enum(['current', 'missing', 'building']),
  sizeBytes: z.number().nullable(),
})

export type ImageStatus = z.infer<typeof imageStatus>

export const imageProgress = z.object({
  phase: z.string(),
  step: z.int(),
  steps: z.int(),
  line: z.string(),
  seconds: z.number(),
})
export type ImageProgress = z.infer<typeof imageProgress>

export const prunedImages = z.object({
  removed: z.array(z.object({ name: z.string().describe('A tag, or the id of what has none'), bytes: z.number() })),
})
export type PrunedImages = z.infer<typeof prunedImages>
