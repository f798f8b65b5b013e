import { z } from 'zod'
import type { BackupReading } from '../contract/cluster.js'

const info = z.array(
  z.looseObject({
    name: z.string(),
    status: z.looseObject({ code: z.number(), message: z.string() }),
    backup: z
      .array(
        z.looseObject({
          label: z.string(),
          type: z.string(),
          timestamp: z.object({ start: z.number(), stop: z.number() }),
          info: z.looseObject({ size: z.number() }).optional(),
          error: z.boolean().nullish(),
        }),
      )
      .default([]),
    archive: z.array(z.looseObject({ min: z.string().nullish(), max: z.string().nullish() })).default([]),
  }),
)

/** `pgbackrest info --output=json`, first stanza. Seconds become ms. Throws when it is something else. */
export function backupReadingOf(text: string): BackupReading {
  const [stanza] = info.parse(JSON.parse(text))
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
      sizeBytes: size?.size ?? 0,
    })),
    archiveMin: archive?.min ?? null,
    archiveMax: archive?.max ?? null,
  }
}
