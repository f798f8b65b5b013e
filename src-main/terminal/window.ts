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
  /** Somebody watches from this offset on, until the returned function is called. Several may have one name. */
  attach(watcher: string, from: number): () => void
  /** All watchers of this name have drawn everything before this offset. Without a name: all watchers. */
  acknowledged(upTo: number, watcher?: string): void
}

export interface WindowOptions {
  limitBytes: number
  onChange: (full: boolean) => void
}

export function createWindow({ limitBytes, onChange }: WindowOptions): OutputWindow {
  const watchers = new Set<{ name: string; drawn: number }>()
  let end = 0
  let full = false
  const judge = (): void => {
    // nobody watches: the source runs free
    const waiting = watchers.size === 0 ? 0 : end - Math.min(...[...watchers].map(({ drawn }) => drawn))
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
    attach(name, from) {
      const watcher = { name, drawn: Math.min(from, end) }
      watchers.add(watcher)
      judge()
      return () => {
        watchers.delete(watcher)
        judge()
      }
    },
    acknowledged(upTo, name) {
      for (const watcher of watchers) {
        if (name === undefined || watcher.name === name) watcher.drawn = Math.max(watcher.drawn, Math.min(upTo, end))
      }
      judge()
    },
  }
}
