import { z } from 'zod'

/** What a lab can be taken home as. */
export const exportKinds = ['compose', 'config', 'ansible'] as const
export const exportKind = z.enum(exportKinds)
export type ExportKind = z.infer<typeof exportKind>

export const exportedFile = z.object({
  path: z.string().describe('Relative to the folder, with forward slashes'),
  content: z.string(),
  mode: z.int().describe('Permissions, for example 0o644'),
})
export type ExportedFile = z.infer<typeof exportedFile>

/**
 * A lab as files that work without the app. Holds no secret: where one belongs, a file says so by a token (see
 * lab/export/tokens.ts). The caller writes the folder, as no path of this machine crosses the contract.
 */
export const labExport = z.object({ lab: z.string(), as: exportKind, files: z.array(exportedFile) })
export type LabExport = z.infer<typeof labExport>
