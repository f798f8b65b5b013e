import { clusterBody, type ClusterBody } from '../cluster/patroni-names.js'
import type { ClusterState, DcsReading, HostView, Part, PostgresReading } from '../contract/cluster.js'
import type { Evidence } from '../contract/check.js'
import { messageOf, type CheckContext } from './check.js'

export type Reading<T> = { ok: true; value: T; evidence: Evidence } | { ok: false; why: string }

/** A part of the observer's state, when it is fresh. A stale part is not the present, whatever it says. */
export function fresh<T>(part: Part<T> | undefined, source: string, now: number): Reading<T> {
  if (!part || part.value === null)
    return { ok: false, why: `${source} has not answered${part?.error ? `: ${part.error}` : ''}` }
  const ageMs = part.at === null ? undefined : Math.max(0, now - part.at)
  if (part.stale) {
    const age = ageMs === undefined ? '' : `, last ${(ageMs / 1000).toFixed(1)} s ago`
    return { ok: false, why: `${source} is silent${age}${part.error ? `: ${part.error}` : ''}` }
  }
  return {
    ok: true,
    value: part.value,
    evidence: { source, value: part.value, ...(ageMs === undefined ? {} : { ageMs }) },
  }
}

export function hostIn(state: ClusterState, name: string): HostView {
  const found = state.hosts.find((host) => host.name === name)
  if (!found) throw new Error(`no host ${name} in this lab; its hosts are ${state.hosts.map((h) => h.name).join(', ')}`)
  return found
}

/** The keys under /service/<scope>/, as the watch has them. */
export const readDcs = ({ sources, now }: CheckContext): Reading<DcsReading> =>
  fresh(sources.cluster().dcs, "etcd's watch", now)

/** Who holds the leader key; null when nobody does. */
export function readLeader(context: CheckContext): Reading<string | null> {
  const dcs = readDcs(context)
  if (!dcs.ok) return dcs
  const { leader } = dcs.value
  return { ok: true, value: leader, evidence: { ...dcs.evidence, source: 'leader key in etcd', value: leader } }
}

/** What SQL says of a host. */
export function readPostgres(host: string, { sources, now }: CheckContext): Reading<PostgresReading> {
  return fresh(hostIn(sources.cluster(), host).postgres, `SQL on ${host}`, now)
}

/** GET /cluster: from the key's holder first, since a host that is cut off goes on naming itself. */
export async function readMembers(context: CheckContext): Promise<Reading<ClusterBody['members']>> {
  const state = context.sources.cluster()
  const leader = readLeader(context)
  const holder = leader.ok ? leader.value : null
  const up = state.hosts.filter((host) => host.patroni && host.engine.value?.container === 'running')
  const names = up.map((host) => host.name).toSorted((a, b) => Number(b === holder) - Number(a === holder))
  const refused: string[] = []
  for (const name of names) {
    try {
      const { members } = clusterBody.parse(await context.sources.patroni(name, '/cluster', { timeoutMs: 1500 }))
      return { ok: true, value: members, evidence: { source: `GET /cluster on ${name}`, value: members, ageMs: 0 } }
    } catch (error) {
      refused.push(`${name}: ${messageOf(error)}`)
    }
  }
  return { ok: false, why: `No host answered GET /cluster (${refused.join('; ') || 'no Patroni host is running'})` }
}
