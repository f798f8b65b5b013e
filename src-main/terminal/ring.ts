import { wholeCharacters } from './utf8.js'

/** The recent output of a terminal, by its offset in the whole output. Never larger than its capacity. */
export interface Ring {
  /** Offset of the oldest byte that is still here. */
  readonly start: number
  /** Offset after the newest byte. */
  readonly end: number
  append(bytes: Uint8Array): void
  /** Text from `from` on, at most `atMost` bytes, cut at a character border. Empty when nothing whole is there yet. */
  text(from: number, atMost: number): { text: string; bytes: number }
  /** Where a reader that lost its place begins: the first whole line, or the first whole character. */
  resumeAt(): number
}

const newline = 0x0a
/** Longer lines than this are cut in the middle rather than left out. */
const lineWithin = 4096

export function createRing(capacity: number): Ring {
  // zeroed memory is given by the system page by page, as it is written: an idle terminal takes nearly none
  const store = Buffer.alloc(capacity)
  let start = 0
  let end = 0
  /** A view where the bytes lie together: use it before the next append. */
  const slice = (from: number, to: number): Buffer => {
    const [first, last] = [from % capacity, to % capacity]
    if (from === to) return Buffer.alloc(0)
    return first < last ? store.subarray(first, last) : Buffer.concat([store.subarray(first), store.subarray(0, last)])
  }
  return {
    get start() {
      return start
    },
    get end() {
      return end
    },
    append(bytes) {
      const kept = bytes.length > capacity ? bytes.subarray(bytes.length - capacity) : bytes
      const at = (end + bytes.length - kept.length) % capacity
      const untilWrap = Math.min(kept.length, capacity - at)
      store.set(kept.subarray(0, untilWrap), at)
      store.set(kept.subarray(untilWrap), 0)
      end += bytes.length
      start = Math.max(start, end - capacity)
    },
    text(from, atMost) {
      const found = slice(from, Math.min(end, from + atMost))
      const bytes = wholeCharacters(found)
      return { text: found.toString('utf8', 0, bytes), bytes }
    },
    resumeAt() {
      if (start === 0) return 0
      const found = slice(start, Math.min(end, start + lineWithin))
      const line = found.indexOf(newline)
      if (line >= 0) return start + line + 1
      const first = found.findIndex((byte) => (byte & 0xc0) !== 0x80)
      return start + Math.max(0, first)
    },
  }
}
