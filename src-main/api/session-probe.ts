import type { ClusterState } from '../contract/cluster.js'
import type { Credentials, LabInfo } from '../contract/lab.js'
import type { ProbeReport, ProbeRoute, ProbeStats } from '../contract/probe.js'
import type { LabRecord } from '../contract/record.js'
import { reportOf, timingOf } from '../probe/explain/report.js'
import { createProbe, type Probe } from '../probe/probe.js'
import { appClock } from '../util/clock.js'
import { verifyAfterOutages } from './verify-writes.js'

/** The probes of one lab, one for each route. Without a route: the one on the client's write route. */
export interface SessionProbe {
  /** null: none was started in this process. */
  stats(): ProbeStats | null
  start(rate?: number, route?: ProbeRoute): Promise<ProbeStats>
  stop(route?: ProbeRoute): Promise<ProbeStats | null>
  /** Compares the ledger with the table on every data host. Rejects when nobody can be asked. */
  verify(route?: ProbeRoute): Promise<ProbeStats>
  /** Outages that reach into the time since `since` (epoch ms), split into phases. */
  explain(since: number, route?: ProbeRoute): Promise<ProbeReport>
}

interface Parts {
  info: LabInfo
  credentials: Credentials
  dir: string
  /** What the screens and exercises see changed: the main route's figures. */
  changed(): void
  append(record: LabRecord): void
  /** The flight record, and what this process saw itself where it keeps none. */
  records(since: number): readonly LabRecord[]
  state(): ClusterState
  /** Aborts when the session closes. */
  signal: AbortSignal
}

/** How long before an outage its cause may lie. */
const causeWithinMs = 60_000

export function createSessionProbe(parts: Parts): SessionProbe & { stopAll(): Promise<void> } {
  const { info, credentials, dir } = parts
  const probes = new Map<ProbeRoute, Probe>()
  const on = (route: ProbeRoute): Probe => {
    const known = probes.get(route)
    if (known) return known
    const made = createProbe({
      info,
      credentials,
      dir,
      route,
      writer: () => probes.get('proxy')?.progress() ?? null,
    })
    // the timeline and the exercises know one client: who writes by the main route
    if (route === 'proxy') {
      made.onStats(parts.changed)
      made.onRecord(parts.append)
      verifyAfterOutages({ ...parts, probe: made })
    }
    probes.set(route, made)
    return made
  }
  return {
    stats: () => probes.get('proxy')?.stats() ?? null,
    async start(rate, route = 'proxy') {
      await on(route).start(rate)
      parts.changed()
      return on(route).stats()
    },
    async stop(route = 'proxy') {
      await probes.get(route)?.stop()
      parts.changed()
      return probes.get(route)?.stats() ?? null
    },
    async verify(route = 'proxy') {
      const stats = await on(route).verify()
      parts.changed()
      return stats
    },
    async explain(since, route = 'proxy') {
      await on(route).load()
      const stats = on(route).stats()
      const first = Math.min(appClock.now(), ...stats.outages.map(({ lastAckAt }) => lastAckAt))
      const records = parts.records(Math.max(first, since - causeWithinMs) - causeWithinMs)
      return reportOf(stats, records, timingOf(info, parts.state(), route), { since })
    },
    async stopAll() {
      await Promise.all([...probes.values()].map((probe) => probe.stop()))
    },
  }
}
