/**
 * Begins work on every name, two at a time, and gives what each will come to. Labs wait most of their time, for leases to
 * run out; two cores are too few for more of them.
 */
export function twoAtOnce<T>(names: readonly string[], work: (name: string) => Promise<T>): Map<string, Promise<T>> {
  const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()]
  return new Map(
    names.map((name, nth) => {
      const run = lanes[nth % 2]!.then(() => work(name))
      lanes[nth % 2] = run.catch(() => undefined) // its own test says so
      return [name, run]
    }),
  )
}
