import { setTimeout as pause } from 'node:timers/promises'
import type { LabSession } from '../../src-main/api/session.js'
import type { ClusterState } from '../../src-main/contract/cluster.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import type { Cause } from './causes.js'

export interface Measured {
  cause: string
  /** Without an acknowledged write: the longest outage, and all of them together. */
  seconds: number
  allSeconds: number
  outages: number
  lost: number
  unknown: number
  /** The probe's sentence about the longest outage, which names its largest phase. */
  sentence: string
}

const withinMs = 180_000
/** A fault that a client notices has made an outage by then. */
const noticedWithinMs = 45_000

/** Disturbs the leader, waits until clients write again, heals, and has every acknowledged write looked for. */
export async function measure(session: LabSession, { name, kind, options }: Cause): Promise<Measured> {
  await whole(session)
  const before = await session.probe.verify()
  const since = Date.now()
  // a fault resolves when it has proven itself, which may be after the outage: both are waited for together
  const injected = session.faults.inject({ kind, target: 'leader', options, by: 'proof' })
  const outages = (): { until: number | null }[] =>
    (session.probe.stats()?.outages ?? []).filter(({ lastAckAt }) => lastAckAt >= since - 1000)
  const over = () =>
    waitFor(outages, (all) => all.length > 0 && all.every(({ until }) => until !== null), {
      what: `an outage after ${name}, and its end`,
      withinMs: noticedWithinMs + withinMs,
      everyMs: 100,
      signal: session.ended,
      describe: (all) => `${all.length} outages`,
    })
  const [{ id }] = await Promise.all([injected, over()])
  await pause(3_000) // a second outage right behind the first is part of what clients meet
  await over()
  await session.faults.heal(id)
  await whole(session)
  const after = await session.probe.verify()
  const report = await session.probe.explain(since)
  const longest = report.outages.toSorted((a, b) => b.outage.seconds - a.outage.seconds)[0]
  if (!longest) throw new Error(`${name} made no outage`)
  return {
    cause: name,
    seconds: longest.outage.seconds,
    allSeconds: report.outages.reduce((sum, { outage }) => sum + outage.seconds, 0),
    outages: report.outages.length,
    lost: (after.lost ?? 0) - (before.lost ?? 0),
    unknown: after.unknown - before.unknown,
    sentence: longest.sentence,
  }
}

/**
 * Clients write, and the leader has its synchronous standby again, for PostgreSQL and for Patroni, which names it in its
 * /sync key 2 s later: until then nobody may be promoted.
 */
async function whole(session: LabSession): Promise<void> {
  const isWhole = ({ hosts, leader, probe, etcd, dcs }: ClusterState): boolean => {
    const rows = hosts.find(({ name }) => name === leader)?.postgres
    if (!rows?.value || rows.stale || (probe?.writesPerSecond ?? 0) === 0) return false
    const sync = rows.value.replication.some(({ state, syncState }) => state === 'streaming' && syncState === 'sync')
    const named = dcs.value?.sync.leader === leader && dcs.value.sync.standbys.length > 0
    return sync && named && (etcd.value?.members.every(({ answers }) => answers) ?? false)
  }
  await waitFor(() => session.state(), isWhole, {
    what: 'the lab to be whole',
    withinMs,
    signal: session.ended,
    describe: ({ hosts, leader }) => `leader ${leader}; ${hosts.map(({ name, role }) => `${name} ${role}`).join(', ')}`,
  })
}
