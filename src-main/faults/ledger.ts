import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { faultRecord } from '../contract/fault.js'
import { openJsonLines, type JsonLinesFile } from '../util/json-lines.js'

export const faultsFile = 'faults.jsonl'

const entry = z.object({
  record: faultRecord,
  notes: z.record(z.string(), z.unknown()).default({}),
  /** Process that wrote it last: while it lives, what it has begun is its own to finish. */
  pid: z.int().optional(),
})
export type Entry = z.infer<typeof entry>

/**
 * The faults of a lab on disk: one line per change, the last one per id counts. A line is on the disk before anything is
 * done to a host, so that whoever comes after a crash of the app knows what may have been done.
 */
export interface FaultLedger {
  /** In the order in which they were applied. */
  entries(): Entry[]
  /** Resolves when the disk has it. */
  write(entry: Entry): Promise<void>
  /** Takes in what another process wrote. True when there was something. */
  refresh(): boolean
  close(): Promise<void>
}

export async function openFaultLedger(dir: string): Promise<FaultLedger> {
  const path = join(dir, faultsFile)
  const entries = new Map<string, Entry>()
  const take = (value: unknown): void => {
    const one = entry.parse(value)
    entries.set(one.record.id, one)
  }
  const takeIfAny = (line: string): void => {
    try {
      take(JSON.parse(line))
    } catch {
      // a line of a newer version, as when the file was opened
    }
  }
  const file: JsonLinesFile = await openJsonLines(path, take)
  let size = statSync(path).size
  return {
    entries: () => [...entries.values()],
    async write(one) {
      one.pid = process.pid
      entries.set(one.record.id, one)
      await file.append(one, { sync: true })
      size = existsSync(path) ? statSync(path).size : 0
    },
    refresh() {
      if (!existsSync(path) || statSync(path).size === size) return false
      const text = readFileSync(path, 'utf8')
      for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
        if (line !== '') takeIfAny(line)
      }
      size = statSync(path).size
      return true
    },
    close: () => file.close(),
  }
}
