import { join } from 'node:path'
import { labRecord, type LabRecord } from '../contract/record.js'
import { appClock } from '../util/clock.js'
import { openJsonLines } from '../util/json-lines.js'
import { logFor } from '../util/log.js'
import { compact } from './compact.js'

export const recordsFile = 'records.jsonl'
const compactEvery = 5_000

const log = logFor('recorder')

export interface Recorder {
  /** Keeps a record: in memory and for listeners at once, in the file a moment later and in the same order. */
  append(record: LabRecord): void
  /** Everything since the lab's first boot, in the order in which it was appended; old ticks and leases are compacted. */
  all(): readonly LabRecord[]
  /** Records whose time is `t` or later, in the order of their time. A block of ticks counts by its end. */
  since(t: number): LabRecord[]
  onAppend(listener: (record: LabRecord) => void): () => void
  /** Resolves when the file has everything that was appended so far. */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens a lab's flight recorder, `records.jsonl` in its folder (docs/records.md): append-only, and readable after a crash,
 * however the last line looks. One recorder per lab at a time.
 */
export async function openRecorder(dir: string): Promise<Recorder> {
  let records: LabRecord[] = []
  let sinceCompact = 0
  const listeners = new Set<(record: LabRecord) => void>()
  const take = (record: LabRecord): void => {
    records.push(record)
    if (++sinceCompact < compactEvery) return
    sinceCompact = 0
    records = compact(records, record.t)
  }
  const path = join(dir, recordsFile)
  const file = await openJsonLines(path, (line) => take(labRecord.parse(line)))
  if (file.torn > 0) log.warn({ path, bytes: file.torn }, 'the last record was torn by a crash and is dropped')
  if (file.unreadable > 0) log.warn({ path, lines: file.unreadable }, 'lines that are no records are skipped')
  records = compact(records, appClock.now())

  let failing = false
  return {
    append(record) {
      take(record)
      file.append(record).then(
        () => (failing = false),
        (err: unknown) => {
          // a full disk must not end the flight; it is said once per failure, and memory goes on
          if (!failing) log.error({ path, err }, 'records can’t be written')
          failing = true
        },
      )
      for (const listener of listeners) listener(record)
    },
    all: () => records,
    since: (t) => records.filter((record) => endOf(record) >= t).toSorted((a, b) => a.t - b.t),
    onAppend(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    flush: () => file.flush(),
    close: () => file.close(),
  }
}

const endOf = (record: LabRecord): number => (record.k === 'ticks' ? record.t + record.acked.length * 100 : record.t)
