/** Failures that we expect. The code is stable: exit codes, screens and tests read it, never the text. */
export const exitCodeOf = {
  // 1: a check, a scenario or an action on a fit machine failed
  'fault-refused': 1,
  'fault-without-effect': 1,
  'heal-without-effect': 1,
  'lab-unhealthy': 1,
  'lab-busy': 1,
  'wait-timed-out': 1,
  'host-down': 1,
  cancelled: 1,
  'not-proven': 1,
  'command-failed': 1,
  'backup-failed': 1,
  'pitr-failed': 1,
  'target-missed': 1,
  internal: 1,
  // 2: wrong usage or invalid content
  usage: 2,
  'content-invalid': 2,
  'setting-invalid': 2,
  'unknown-topology': 2,
  'unknown-lab': 2,
  'unknown-host': 2,
  'unknown-exercise': 2,
  'unknown-fault': 2,
  'unknown-attempt': 2,
  'unknown-terminal': 2,
  'no-repository': 2,
  'target-unreachable': 2,
  'name-taken': 2,
  'folder-unfit': 2,
  'not-yet': 2,
  // 3: the environment is not fit
  'engine-unreachable': 3,
  'engine-denied': 3,
  'engine-too-old': 3,
  'kernel-lacks': 3,
  'image-missing': 3,
  'image-build-failed': 3,
  'package-failed': 3,
  'disk-full': 3,
  'memory-low': 3,
  'port-taken': 3,
  'network-taken': 3,
} as const
export type ErrorCode = keyof typeof exitCodeOf

/** What a tired engineer needs: what happened, why, what to do next. Clauses, without a full stop. */
export type Said = { what: string; why: string; next: string }

export class DojoError extends Error {
  readonly code: ErrorCode
  readonly said: Said

  constructor(code: ErrorCode, said: Said, options?: ErrorOptions) {
    super(`${said.what}: ${said.why}. ${said.next}.`, options)
    this.name = 'DojoError'
    this.code = code
    this.said = said
  }
}

export const unknownHost = (host: string, known: readonly string[]): DojoError =>
  new DojoError('unknown-host', {
    what: `No host "${host}" in this lab`,
    why: `its topology declares ${known.join(', ')}`,
    next: 'Use one of these names',
  })

export const unknownLab = (lab: string, known: readonly string[]): DojoError =>
  new DojoError('unknown-lab', {
    what: `No lab "${lab}"`,
    why: known.length > 0 ? `the labs here are ${known.join(', ')}` : 'no lab exists here',
    next: known.length > 0 ? 'Use one of these names' : 'Start one with `dojo up pair-witness`',
  })

/** What a stream about a lab ends with. */
export const labGone = (lab: string): DojoError =>
  new DojoError('unknown-lab', {
    what: `Lab "${lab}" is not watched any more`,
    why: 'it was removed, or the app that watched it ended',
    next: 'Look at the list of labs',
  })
