import type { LabRecord } from '../contract/record.js'

type Ticks = Extract<LabRecord, { k: 'ticks' }>
type Lease = Extract<LabRecord, { k: 'lease' }>

export const tickMs = 100
/** Detail that a screen zooms into lives this long; older ticks are packed, older leases thinned. Nothing else is. */
const freshMs = 10 * 60_000
const packMs = 30_000
const leaseEveryMs = 5_000
/** Hours of an eventful lab; beyond it the oldest go. The file keeps everything. */
const mostRecords = 120_000

/**
 * The same history in less memory: ticks packed into blocks of up to 30 s, which loses nothing, and lease readings
 * thinned to one per 5 s where the lease was simply renewed. Returns a new array in the same order.
 */
export function compact(records: readonly LabRecord[], now: number): LabRecord[] {
  const kept: LabRecord[] = []
  let block: Ticks | null = null
  let lease: Lease | null = null
  for (const record of records) {
    if (record.k === 'ticks' && record.t < now - packMs) {
      const joined: Ticks | null = block && join(block, record)
      if (joined) Object.assign(block!, joined)
      else kept.push((block = { ...record }))
      continue
    }
    if (record.k === 'lease' && record.t < now - freshMs) {
      if (lease && isQuiet(lease, record) && record.t - lease.t < leaseEveryMs) continue
      lease = record
    }
    kept.push(record)
  }
  return kept.length > mostRecords ? kept.slice(kept.length - mostRecords) : kept
}

/** Two blocks as one when the second begins where the first ends; null otherwise, as a gap is part of the picture. */
function join(a: Ticks, b: Ticks): Ticks | null {
  const end = a.t + a.acked.length * tickMs
  if (Math.abs(b.t - end) > tickMs / 2 || (a.acked.length + b.acked.length) * tickMs > packMs) return null
  return {
    ...a,
    acked: [...a.acked, ...b.acked],
    failed: [...a.failed, ...b.failed],
    unknown: [...a.unknown, ...b.unknown],
    ...(a.slowestMs || b.slowestMs ? { slowestMs: [...waitsOf(a), ...waitsOf(b)] } : {}),
  }
}

const waitsOf = ({ slowestMs, acked }: Ticks): (number | null)[] => slowestMs ?? acked.map(() => null)

/** The same holder, and more than half of the lease left: an ordinary tooth of the saw. */
function isQuiet(before: Lease, record: Lease): boolean {
  const isFull = ({ leftMs, ttlS }: Lease): boolean => leftMs !== null && leftMs > ttlS * 500
  return before.holder === record.holder && (record.holder === null || (isFull(before) && isFull(record)))
}
