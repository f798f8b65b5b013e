const sorted = (numbers: readonly number[]): number[] => {
  if (numbers.length === 0) throw new Error('nothing was measured')
  return numbers.toSorted((a, b) => a - b)
}

/** The middle one, or the mean of the middle two. @throws when there is none */
export function median(numbers: readonly number[]): number {
  const all = sorted(numbers)
  const middle = Math.floor(all.length / 2)
  return all.length % 2 === 1 ? all[middle]! : (all[middle - 1]! + all[middle]!) / 2
}

/**
 * The smallest number that at least `percent` of them do not exceed: one that was measured, nothing in between. Of fewer
 * than 20, the 95th is therefore the worst. @throws when there is none
 */
export function percentile(numbers: readonly number[], percent: number): number {
  const all = sorted(numbers)
  return all[Math.max(0, Math.ceil((percent / 100) * all.length) - 1)]!
}
