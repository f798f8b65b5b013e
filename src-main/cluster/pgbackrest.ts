import { z } from 'zod'
import type { BackupReading } from '../contract/cluster.js'

const position = z.looseObject({ start: z.string(), stop: z.string() })
const backup = z.looseObject({
  label: z.string(),
  type: z.string(),
  timestamp: z.object({ start: z.number(), stop: z.number() }).describe('Seconds since 1970'),
  archive: position.describe('Names of WAL segments'),
  lsn: position,
  info: z.looseObject({ size: z.number(), repository: z.looseObject({ delta: z.number() }) }).describe('Bytes'),
  reference: z.array(z.string()).nullish(),
  error: z.boolean().nullish(),
})
const stanzas = z.array(
  z.looseObject({
    name: z.string(),
    cipher: z.string().default('none'),
    status: z.looseObject({ code: z.number(), message: z.string() }),
    backup: z.array(backup).default([]),
    archive: z.array(z.looseObject({ min: z.string().nullish(), max: z.string().nullish() })).default([]),
  }),
)
export type StanzaInfo = z.infer<typeof stanzas>[number]
export type BackupInfo = z.infer<typeof backup>

/** The first stanza of `pgbackrest info --output=json`. Throws when it is something else. */
export const stanzaInfoOf = (text: string): StanzaInfo | undefined => stanzas.parse(JSON.parse(text))[0]

/** What the observer keeps of it. Seconds become ms. */
export function backupReadingOf(text: string): BackupReading {
  const stanza = stanzaInfoOf(text)
  if (!stanza) return { stanzaOk: false, message: 'no stanza', backups: [], archiveMin: null, archiveMax: null }
  const archive = stanza.archive.at(-1)
  return {
    // 2: a stanza without a backup yet, which is how every repository begins
    stanzaOk: stanza.status.code === 0 || stanza.status.code === 2,
    message: stanza.status.message,
    backups: stanza.backup.map(({ label, type, timestamp, info: size }) => ({
      label,
      type,
      startedAt: timestamp.start * 1000,
      stoppedAt: timestamp.stop * 1000,
      sizeBytes: size.size,
    })),
    archiveMin: archive?.min ?? null,
    archiveMax: archive?.max ?? null,
  }
}
