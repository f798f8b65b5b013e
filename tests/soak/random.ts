/** Numbers that look random and are the same for the same seed, on every machine: mulberry32. */
export function randomFrom(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    /** A whole number, both ends included. */
    between: (from: number, to: number): number => from + Math.floor(next() * (to - from + 1)),
    one: <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)]!,
    /** Some of them, at least one, in their order. */
    some<T>(of: readonly T[]): T[] {
      const chosen = of.filter(() => next() < 0.5)
      return chosen.length > 0 ? chosen : [of[Math.floor(next() * of.length)]!]
    },
  }
}
export type Random = ReturnType<typeof randomFrom>
