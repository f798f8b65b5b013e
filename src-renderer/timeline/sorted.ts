/** Arrays that stay in the order of time. Records arrive nearly sorted, so the search begins at the end. */

/** Index of the first entry whose time is later than `t`; the array's length when none is. */
export function firstAfter<T>(entries: readonly T[], t: number, timeOf: (entry: T) => number): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (timeOf(entries[middle]!) <= t) low = middle + 1
    else high = middle
  }
  return low
}

/** The last entry at or before `t`. */
export function lastAt<T>(entries: readonly T[], t: number, timeOf: (entry: T) => number): T | undefined {
  return entries[firstAfter(entries, t, timeOf) - 1]
}

/** Puts an entry where its time belongs, after those of the same time. Returns where it went. */
export function insertByTime<T>(entries: T[], entry: T, timeOf: (entry: T) => number): number {
  const t = timeOf(entry)
  const last = entries.at(-1)
  if (last === undefined || timeOf(last) <= t) return entries.push(entry) - 1
  const at = firstAfter(entries, t, timeOf)
  entries.splice(at, 0, entry)
  return at
}
