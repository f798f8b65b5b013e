/**
 * The shortest part of a failing list that still fails, by delta debugging: halves first, then ever smaller pieces are
 * left out. `fails` runs a part anew; after `most` runs the shortest one so far is returned.
 */
export async function shrink<T>(
  failing: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean>,
  most: number,
): Promise<T[]> {
  let shortest = [...failing]
  let runs = 0
  for (let pieces = 2; shortest.length > 1 && runs < most;) {
    const size = Math.ceil(shortest.length / pieces)
    let found: T[] | null = null
    for (let at = 0; at < shortest.length && !found && runs < most; at += size) {
      const part = [...shortest.slice(0, at), ...shortest.slice(at + size)]
      if (part.length === 0) continue
      runs++
      if (await fails(part)) found = part
    }
    if (found) {
      shortest = found
      pieces = Math.max(2, pieces - 1)
    } else if (size === 1) break
    else pieces = Math.min(shortest.length, pieces * 2)
  }
  return shortest
}
