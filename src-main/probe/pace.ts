/** What this process slept through was never tried, and says nothing about the cluster. */
const sleptMs = 500

/** Calls `attempt` as often as the rate (per second) says, and catches up with small delays. Returns the way to stop it. */
export function pace(rate: () => number, attempt: () => void, slept: () => void): () => void {
  let due = performance.now()
  const timer = setInterval(
    () => {
      const now = performance.now()
      if (now - due > sleptMs) {
        due = now
        slept()
      }
      for (; due <= now; due += 1000 / rate()) attempt()
    },
    Math.max(10, 1000 / rate()),
  )
  return () => clearInterval(timer)
}

/** Hands out the members of a list in turn, those that are `idle`. */
export function inTurn<T extends { idle: boolean }>(members: readonly T[]): () => T | undefined {
  let turn = 0
  return () => {
    for (let n = 0; n < members.length; n++) {
      const member = members[(turn + n) % members.length]!
      if (!member.idle) continue
      turn = (turn + n + 1) % members.length
      return member
    }
    return undefined
  }
}
