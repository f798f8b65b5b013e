import type { PostgresReading } from '../../contract/cluster.js'
import type { LabEvent } from '../../contract/record.js'
import type { Fact } from '../facts.js'
import { event } from './event.js'

type Stream = { up: boolean; from: string | null; t: number }

/** Two readings that overlap in time may disagree; only a later one takes back what the other said. */
const overlapMs = 400

/**
 * Which standby streams, from both ends: rows of pg_stat_replication on the primary, and the walreceiver of the standby.
 * Either end may be gone, and the other then tells.
 */
export function concludeStreams(dataHosts: readonly string[]): (fact: Fact) => LabEvent[] {
  const streams = new Map<string, Stream>()
  let newest = { timeline: 0, host: '' }

  const set = (standby: string, up: boolean, from: string | null, t: number, u: number): LabEvent[] => {
    const before = streams.get(standby)
    if (before && before.up === up) {
      streams.set(standby, { up, from: from ?? before.from, t })
      if (!up || from === null || before.from === null || from === before.from) return []
    } else if (before && t - before.t < overlapMs && !up) return []
    else streams.set(standby, { up, from, t })
    if (!before) return []
    const source = up ? from : before.from
    const text = up ? `${standby} streams${from ? ` from ${from}` : ''}` : `${standby} no longer streams`
    return [
      event(t, up ? 'replica.streaming' : 'replica.stopped', 'sql', text, { host: standby, u, data: { from: source } }),
    ]
  }

  const fromPrimary = (host: string, reading: PostgresReading, t: number, u: number): LabEvent[] => {
    // a stale primary that thaws still shows rows of its own past
    if (reading.timeline < newest.timeline) return []
    newest = { timeline: reading.timeline, host }
    const here = new Set(
      reading.replication.filter(({ state }) => state === 'streaming').map((row) => row.applicationName),
    )
    return dataHosts
      .filter((name) => name !== host)
      .flatMap((name) => {
        if (here.has(name)) return set(name, true, host, t, u)
        const { up, from } = streams.get(name) ?? { up: false, from: host }
        // a cascading standby streams from somebody else
        return up && from !== host ? [] : set(name, false, null, t, u)
      })
  }

  return (fact) => {
    if (fact.source === 'jump') for (const stream of streams.values()) stream.t += fact.axisMs
    if (fact.source !== 'sql' || !fact.reading || !dataHosts.includes(fact.host)) return []
    const { t, host, reading, u = 0 } = fact
    if (!reading.inRecovery) return fromPrimary(host, reading, t, u)
    const up = reading.walReceiver?.status === 'streaming'
    const sender = reading.walReceiver?.senderHost ?? null
    return set(host, up, up && sender && dataHosts.includes(sender) ? sender : null, t, u)
  }
}
