/**
 * Ends this process in order when it is told to: `end` once, however many signals come; the second signal ends it at
 * once, for people who can't wait. Returns the way to stop listening.
 */
export function endOnSignal(end: () => Promise<void>, exit: (code: number) => void = process.exit): () => void {
  let asked = false
  const onSignal = (): void => {
    if (asked) return exit(1)
    asked = true
    end().then(
      () => exit(0),
      () => exit(1),
    )
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  return () => {
    for (const signal of signals) process.off(signal, onSignal)
  }
}
