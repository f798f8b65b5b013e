import type { HealthFinding, HealthReport } from '../contract/health.js'

/**
 * A finding has to be seen for so long before it is told: a switchover, an election or one late answer are no alarm. A
 * source that never answered since this app looks may just be slow to connect.
 */
const heldMs = 1_500
const silentHeldMs = 6_000
const silences: readonly string[] = ['postgres-down', 'service-silent']

/** Told at once: they are there or not, and nobody has to guess. */
const certain: readonly string[] = ['fault-active', 'host-away', 'promise-broken', 'disk-full']

export interface Confirmation {
  /** Whether every finding of a report has been seen for long enough. */
  isConfirmed(report: HealthReport): boolean
}

const keyOf = ({ rule, host, text }: HealthFinding): string =>
  // a count in the text may go on while it is the same thing that is wrong
  `${rule} ${host} ${rule === 'service-down' || rule.startsWith('slot') ? text : ''}`

/** Remembers since when each finding is seen; one that was gone meanwhile begins anew. */
export function confirmation(): Confirmation {
  let seen = new Map<string, number>()
  return {
    isConfirmed({ at, findings }) {
      seen = new Map(findings.map((one) => [keyOf(one), seen.get(keyOf(one)) ?? at]))
      return findings.every((one) => {
        const needed = silences.includes(one.rule) && one.since === null ? silentHeldMs : heldMs
        return certain.includes(one.rule) || at - seen.get(keyOf(one))! >= needed
      })
    },
  }
}
