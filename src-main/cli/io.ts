/** What a command may use of the process around it; tests give another. */
export interface Io {
  out(text: string): void
  err(text: string): void
  /** Whether a person reads standard output on a terminal. */
  tty: boolean
  columns(): number
  /** Calls back on Ctrl+C; while somebody listens, it does not end the process. Returns the way to stop listening. */
  onInterrupt(listener: () => void): () => void
}

export const processIo = (): Io => ({
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  tty: process.stdout.isTTY === true,
  columns: () => process.stdout.columns ?? 100,
  onInterrupt(listener) {
    process.on('SIGINT', listener)
    process.on('SIGTERM', listener)
    return () => {
      process.off('SIGINT', listener)
      process.off('SIGTERM', listener)
    }
  },
})
