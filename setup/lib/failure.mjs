/** A failure that set-up expects: what happened, why, what to do next. Clauses, as src-main/contract/errors.ts has them. */
export class SetupError extends Error {
  constructor({ what, why, next }, exitCode = 3) {
    super(`${what}: ${why}. ${next}.`)
    this.said = { what, why, next }
    this.exitCode = exitCode
  }
}

/** What a person gets to read for any thrown value. DojoErrors of the built app carry `said` as well. */
export function explain(error) {
  const said = error?.said
  if (said) return `${said.what}\n  why:  ${said.why}\n  next: ${said.next}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

// codes of src-main/contract/errors.ts that are not about the environment
const usage = ['usage', 'content-invalid', 'setting-invalid', 'unknown-lab']

export function exitCodeOf(error) {
  if (typeof error?.exitCode === 'number') return error.exitCode
  if (usage.includes(error?.code)) return 2
  return error?.said ? 3 : 1
}
