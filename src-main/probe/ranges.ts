/** Ascending, disjoint ranges of whole numbers, both ends included: how a ledger of hundreds of thousands stays small. */
export type Range = [from: number, to: number]

/** Adds one number. Mutates `ranges`: it is called for every write. Numbers mostly come in order, so it looks from the end. */
export function addTo(ranges: Range[], n: number): void {
  let i = ranges.length - 1
  while (i >= 0 && ranges[i]![0] > n) i--
  const before = ranges[i]
  const after = ranges[i + 1]
  if (before && n <= before[1]) return
  const touchesBefore = before !== undefined && before[1] === n - 1
  const touchesAfter = after !== undefined && after[0] === n + 1
  if (touchesBefore && touchesAfter) {
    before[1] = after[1]
    ranges.splice(i + 1, 1)
  } else if (touchesBefore) before[1] = n
  else if (touchesAfter) after[0] = n
  else ranges.splice(i + 1, 0, [n, n])
}

export function addRange(ranges: Range[], [from, to]: Range): void {
  const last = ranges.at(-1)
  // the usual cases cost nothing: a whole range behind everything else
  if (!last || from > last[1] + 1) ranges.push([from, to])
  else if (from === last[1] + 1) last[1] = to
  else for (let n = from; n <= to; n++) addTo(ranges, n)
}

/** What is in `a` and not in `b`. Both ascending. */
export function without(a: readonly Range[], b: readonly Range[]): Range[] {
  const left: Range[] = []
  let n = 0
  for (const [from, to] of a) {
    let at = from
    while (n < b.length && b[n]![1] < at) n++
    for (let i = n; i < b.length && b[i]![0] <= to; i++) {
      if (b[i]![0] > at) left.push([at, b[i]![0] - 1])
      at = b[i]![1] + 1
    }
    if (at <= to) left.push([at, to])
  }
  return left
}

export const both = (a: readonly Range[], b: readonly Range[]): Range[] => without(a, without(a, b))

/** The first `most` numbers. */
export function firstOf(ranges: readonly Range[], most: number): number[] {
  const found: number[] = []
  for (const [from, to] of ranges) {
    for (let n = from; n <= to && found.length < most; n++) found.push(n)
  }
  return found
}

export const countOf = (ranges: readonly Range[]): number => ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0)
