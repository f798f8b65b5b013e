/** One slot is 100 ms of the client's life, as the probe's records have it. */
export const slotMs = 100

export interface WriteCount {
  acked: number
  failed: number
  unknown: number
  /** Slots that the probe wrote about; 0 means that nobody knows. */
  known: number
  /** Slots of these without a single acknowledged write. */
  silent: number
  /** The longest wait of an acknowledged write, in ms; null where none was measured. */
  slowestMs: number | null
}

/** An hour is 36,000 slots: typed arrays that grow by doubling keep both memory and the drawing of it small. */
export class ClientTicks {
  #base: number | null = null
  #length = 0
  #acked = new Uint16Array(1024)
  #failed = new Uint16Array(1024)
  #unknown = new Uint16Array(1024)
  #known = new Uint8Array(1024)
  /** NaN where no wait was measured. */
  #slowest = new Float32Array(1024).fill(Number.NaN)

  /** Adds a batch: one entry per 100 ms from `t` on. */
  add(
    t: number,
    acked: readonly number[],
    failed: readonly number[],
    unknown: readonly number[],
    slowestMs: readonly (number | null)[] = [],
  ): void {
    const slot = Math.round(t / slotMs)
    if (this.#base === null) this.#base = slot
    if (slot < this.#base) this.#shift(this.#base - slot)
    const start = slot - this.#base
    this.#grow(start + acked.length)
    for (let index = 0; index < acked.length; index++) {
      const at = start + index
      this.#acked[at] = this.#acked[at]! + (acked[index] ?? 0)
      this.#failed[at] = this.#failed[at]! + (failed[index] ?? 0)
      this.#unknown[at] = this.#unknown[at]! + (unknown[index] ?? 0)
      this.#known[at] = 1
      const slowest = slowestMs[index] ?? null
      if (slowest !== null && !(this.#slowest[at]! >= slowest)) this.#slowest[at] = slowest
    }
    this.#length = Math.max(this.#length, start + acked.length)
  }

  /** End of the last slot, or null before there was one. */
  get end(): number | null {
    return this.#base === null ? null : (this.#base + this.#length) * slotMs
  }

  /** Sums over [from, to). Slots count by their beginning. */
  count(from: number, to: number): WriteCount {
    const sum: WriteCount = { acked: 0, failed: 0, unknown: 0, known: 0, silent: 0, slowestMs: null }
    if (this.#base === null) return sum
    const first = Math.max(0, Math.ceil(from / slotMs) - this.#base)
    const end = Math.min(this.#length, Math.ceil(to / slotMs) - this.#base)
    for (let at = first; at < end; at++) {
      if (!this.#known[at]) continue
      const acked = this.#acked[at]!
      sum.acked += acked
      sum.failed += this.#failed[at]!
      sum.unknown += this.#unknown[at]!
      sum.known++
      if (acked === 0) sum.silent++
      const slowest = this.#slowest[at]!
      if (slowest > (sum.slowestMs ?? -1)) sum.slowestMs = slowest
    }
    return sum
  }

  /** The tallest slot, for the scale of the lane. */
  highest(): number {
    let most = 0
    for (let at = 0; at < this.#length; at++) most = Math.max(most, this.#acked[at]!)
    return most
  }

  /** An entry came from before the first one: everything moves up. */
  #shift(by: number): void {
    const length = this.#length
    this.#grow(length + by)
    for (const array of [this.#acked, this.#failed, this.#unknown, this.#known]) {
      array.copyWithin(by, 0, length)
      array.fill(0, 0, by)
    }
    this.#slowest.copyWithin(by, 0, length)
    this.#slowest.fill(Number.NaN, 0, by)
    this.#base = this.#base! - by
    this.#length = length + by
  }

  #grow(length: number): void {
    if (length <= this.#acked.length) return
    const size = Math.max(length, this.#acked.length * 2)
    const grown16 = (old: Uint16Array): Uint16Array<ArrayBuffer> => {
      const next = new Uint16Array(size)
      next.set(old)
      return next
    }
    this.#acked = grown16(this.#acked)
    this.#failed = grown16(this.#failed)
    this.#unknown = grown16(this.#unknown)
    const known = new Uint8Array(size)
    known.set(this.#known)
    this.#known = known
    const slowest = new Float32Array(size).fill(Number.NaN)
    slowest.set(this.#slowest)
    this.#slowest = slowest
  }
}
