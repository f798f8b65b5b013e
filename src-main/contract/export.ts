import { z } from 'zod'
import { labName } from './names.js'

/** What a lab can be taken home as. */
export const exportKinds = ['compose', 'config', 'ansible'] as const
export const exportKind = z.enum(exportKinds)
export type ExportKind = z.infer<typeof exportKind>

export const exportRequest = z.object({
  lab: labName,
  as: exportKind,
  folder: z.string().min(1).max(1000).describe('Where: absolute or from ~/ on, and empty or not there yet'),
  secrets: z.boolean().default(false).describe("The lab's own passwords too"),
})
export type ExportRequest = z.infer<typeof exportRequest>

/** A folder that was written. What is in the files does not cross the contract: passwords may be among it. */
export const labExport = z.object({
  lab: z.string(),
  as: exportKind,
  folder: z.string().describe('Absolute'),
  files: z.array(z.string()).describe('Relative to the folder, with forward slashes'),
  secrets: z.boolean(),
  next: z.string().describe('What to run first, in a shell'),
  leftOut: z.array(z.string()).describe('What of the lab, and of a machine that runs it, is not in it, and why'),
})
export type LabExport = z.infer<typeof labExport>
