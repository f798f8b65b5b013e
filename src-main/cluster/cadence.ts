const hurryMs = 60_000

/** How often sources are asked: calm when nothing happens, quick for a minute after something did. */
export interface Cadence {
  quick(): boolean
  /** Something happened: quick from now on, and every sleeper wakes. */
  hurry(): void
  /** Resolves after `ms`, at once when somebody hurries, and when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export function createCadence(now: () => number): Cadence {
  let until = 0
  const sleepers = new Set<() => void>()
  return {
    quick: () => now() < until,
    hurry() {
      until = now() + hurryMs
      for (const wake of sleepers) wake()
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer)
          sleepers.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        const timer = setTimeout(wake, ms)
        sleepers.add(wake)
        signal.addEventListener('abort', wake, { once: true })
        if (signal.aborted) wake()
      }),
  }
}

export interface PollOptions {
  /** From the start of one read to the start of the next, in ms; asked each time. */
  everyMs: () => number
  /** Handles its own failures. */
  read: () => Promise<void>
  cadence: Cadence
  signal: AbortSignal
}

/** Reads again and again until the signal aborts; never two reads at a time. */
export async function poll({ everyMs, read, cadence, signal }: PollOptions): Promise<void> {
  while (!signal.aborted) {
    const startedAt = performance.now()
    await read()
    await cadence.sleep(Math.max(20, everyMs() - (performance.now() - startedAt)), signal)
  }
}
