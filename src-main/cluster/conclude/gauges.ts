import type { PostgresReading } from '../../contract/cluster.js'
import type { LabRecord } from '../../contract/record.js'
import { lsnNumber } from '../dcs.js'
import type { Fact } from '../facts.js'

type Gauge = Extract<LabRecord, { k: 'gauge' }>

const everyMs = 950
/** A host that has not been heard for this long has no present position. */
const silentMs = 2_500
/** Positions that stand still are told this often. */
const stillMs = 5_000

/** Positions and lags, about once a second: the newest reading of each host, and the lag as the newest primary sees it. */
export function concludeGauges(): (fact: Fact) => Gauge[] {
  const known = new Map<string, { t: number; reading: PostgresReading }>()
  let last: Gauge | null = null
  /** The last look at positions that stood still: a line is drawn from there. */
  let still: Gauge | null = null
  let lookedAt = -Infinity
  return (fact) => {
    if (fact.source === 'jump') {
      for (const seen of known.values()) seen.t += fact.axisMs
      lookedAt += fact.axisMs
    }
    if (fact.source !== 'sql') return []
    const { t, host, reading } = fact
    if (!reading) known.delete(host)
    else known.set(host, { t, reading })
    for (const [name, seen] of known) if (t - seen.t > silentMs) known.delete(name)
    if (t - lookedAt < everyMs) return []
    lookedAt = t
    const gauge: Gauge = { t, k: 'gauge', hosts: gaugesOf([...known]) }
    if (!last && known.size === 0) return []
    const isStill = last !== null && JSON.stringify(last.hosts) === JSON.stringify(gauge.hosts)
    if (last && isStill && t - last.t < stillMs) {
      still = gauge
      return []
    }
    const gap = still && !isStill ? [still] : []
    last = gauge
    still = null
    return [...gap, gauge]
  }
}

function gaugesOf(known: [string, { reading: PostgresReading }][]): Gauge['hosts'] {
  const primaries = known.filter(([, { reading }]) => !reading.inRecovery)
  const [, primary] = primaries.toSorted((a, b) => b[1].reading.timeline - a[1].reading.timeline)[0] ?? []
  const hosts: Gauge['hosts'] = {}
  for (const [name, { reading }] of known.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const row = primary?.reading.replication.find(({ applicationName }) => applicationName === name)
    const isPrimary = primary?.reading === reading
    hosts[name] = {
      walBytes: lsnNumber(reading.lsn),
      lagBytes: isPrimary ? 0 : (row?.lagBytes ?? null),
      lagMs: isPrimary ? 0 : (row?.lagMs ?? null),
    }
  }
  return hosts
}
