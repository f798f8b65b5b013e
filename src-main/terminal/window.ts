/**
 * The acknowledged window: how much output may be on its way to the slowest of those who watch. Offsets are bytes of
 * the whole output. While it is full, the source is not read, so the program that floods is held back by its own
 * pseudo-terminal, and nothing piles up anywhere between.
 */
export interface OutputWindow {
  /** True while the source must not be read. */
  readonly full: boolean
  /** The source has produced output up to here. */
  produced(end: number): void
  /** Somebody watches from this offset on. */
  attach(watcher: string, from: number): void
  detach(watcher: string): void
  /** A watcher has drawn everything before this offset. Without a name it speaks for all. */
  acknowledged(upTo: number, watcher?: string): void
}

export interface WindowOptions {
  limitBytes: number
  onChange: (full: boolean) => void
}

export function createWindow({ limitBytes, onChange }: WindowOptions): OutputWindow {
  const drawn = new Map<string, number>()
  let end = 0
  let full = false
  const judge = (): void => {
    const waiting = drawn.size === 0 ? 0 : end - Math.min(...drawn.values()) // nobody watches: the source runs free
    // opened again at half, so that a flood does not stop and go with every acknowledgement
    const now = full ? waiting > limitBytes / 2 : waiting >= limitBytes
    if (now === full) return
    full = now
    onChange(full)
  }
  return {
    get full() {
      return full
    },
    produced(to) {
      end = to
      judge()
    },
    attach(watcher, from) {
      drawn.set(watcher, Math.min(from, end))
      judge()
    },
    detach(watcher) {
      drawn.delete(watcher)
      judge()
    },
    acknowledged(upTo, watcher) {
      for (const name of watcher === undefined ? drawn.keys() : [watcher]) {
        const before = drawn.get(name)
        if (before !== undefined) drawn.set(name, Math.max(before, Math.min(upTo, end)))
      }
      judge()
    },
  }
}
