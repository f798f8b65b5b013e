import type { ClusterState } from '../../contract/cluster.js'
import type { LabInfo } from '../../contract/lab.js'
import type { ExplainedOutage, ProbeReport, ProbeStats } from '../../contract/probe.js'
import type { LabRecord } from '../../contract/record.js'
import { explainOutage } from './outage.js'
import type { Timing } from './predict.js'
import { appClock } from '../../util/clock.js'

const number = (n: number): string => n.toLocaleString('en-US')

/** One sentence with its evidence. Losses are only claimed once they were looked for. */
export function claimOf(stats: ProbeStats, outages: readonly ExplainedOutage[]): string {
  const { acknowledged, unknown, verification } = stats
  const longest = outages.toSorted((a, b) => b.outage.seconds - a.outage.seconds)[0]
  const gap = longest
    ? `${outages.length > 1 ? `${outages.length} outages, the longest: ` : ''}${longest.sentence}`
    : 'no outage'
  if (stats.route === 'read') return `${gap}; ${number(acknowledged)} reads answered, ${number(stats.failed)} failed.`
  const lost = verification
    ? `${number(verification.lost)} of ${number(verification.acknowledged)} acknowledged writes lost`
    : `${number(acknowledged)} acknowledged writes, not looked for yet`
  const elsewhere = (verification?.hosts ?? []).filter(({ ackedOnlyHere }) => (ackedOnlyHere ?? 0) > 0)
  const still = elsewhere
    .map(({ host, ackedOnlyHere }) => `, ${number(ackedOnlyHere!)} of them only on ${host}`)
    .join('')
  return `${gap}; ${lost}${still}; ${number(unknown)} unknown.`
}

/** Outages that reach into the time since a moment, each explained, and the claim about them. */
export function reportOf(
  stats: ProbeStats,
  records: readonly LabRecord[],
  timing: Timing,
  { since = 0, now = appClock.now() }: { since?: number; now?: number } = {},
): ProbeReport {
  const outages = stats.outages
    .filter(({ until }) => until === null || until > since)
    .map((outage) => explainOutage(outage, records, timing, now))
  return { claim: claimOf(stats, outages), stats, outages }
}

/** Settings in force now, as etcd has them; what was asked for where it does not say. */
export function timingOf({ settings, hosts }: LabInfo, { dcs }: Pick<ClusterState, 'dcs'>, route?: string): Timing {
  const live = (name: string, asked: number): number => {
    const value = dcs.value?.config[name]
    return typeof value === 'number' ? value : asked
  }
  const { ttl, loop_wait, retry_timeout } = settings.patroni
  return {
    ttl: live('ttl', ttl),
    loopWait: live('loop_wait', loop_wait),
    retryTimeout: live('retry_timeout', retry_timeout),
    proxied: route !== 'direct' && hosts.some(({ services }) => services.includes('haproxy')),
  }
}
