import type { ClusterState, HostView, Part, Violation } from '../contract/cluster.js'
import type { FaultRecord } from '../contract/fault.js'
import type { LabInfo } from '../contract/lab.js'
import type { LabSummary } from '../contract/rpc.js'
import { hostsWith, repositoriesOf } from '../lab/plan.js'
import { whenText } from './fault.js'
import { ago, count, seconds, stateWord, table } from './output.js'

/** `, 12 s old` behind what must not be taken as present truth. */
const age = (part: Part<unknown>, now: number): string =>
  part.stale && part.at !== null ? ` (${Math.round((now - part.at) / 1000)} s old)` : ''

const silent = (part: Part<unknown>): string => `not known${part.error ? `: ${part.error}` : ''}`

function lease({ leader, dcs }: ClusterState, now: number): string {
  if (!dcs.value) return silent(dcs)
  const { lease: held } = dcs.value
  if (!leader) return `nobody holds the leader key${age(dcs, now)}`
  if (!held) return `${leader} holds the leader key${age(dcs, now)}`
  const left = Math.max(0, Math.floor((held.leftMs - (now - held.readAt)) / 1000))
  return `${leader} holds the leader key, ${left} of ${held.ttlS} s left${age(dcs, now)}`
}

function etcd({ etcd: part }: ClusterState, now: number): string {
  if (!part.value) return silent(part)
  const { members, quorum } = part.value
  const answering = members.filter(({ answers }) => answers).length
  const apart = members.flatMap(({ name, answers, error }) => (answers && error ? [`; ${name} ${error}`] : []))
  const said = `${answering} of ${members.length} members answer, ${quorum ? 'quorum' : 'NO QUORUM'}`
  return `${said}${apart.join('')}${age(part, now)}`
}

/** Lines of what is kept: one, or one for each repository. */
function backupRows({ spec }: Described, { backup: only, repositories }: ClusterState, now: number): string[][] {
  if (repositoriesOf(spec).length === 0) return [['backup', 'no repository in this topology']]
  if (!repositories) return [['backup', backup(only, now)]]
  return Object.entries(repositories).map(([host, part], i) => [
    i === 0 ? 'backups' : '',
    `${host}: ${backup(part, now)}`,
  ])
}

function backup(part: ClusterState['backup'], now: number): string {
  if (!part.value) return silent(part)
  const newest = part.value.backups.at(-1)
  const said = newest
    ? `${count(part.value.backups.length, 'backup')}, the newest ${newest.type}, ${ago(newest.stoppedAt, now)}`
    : 'no backup yet'
  return `${said}${part.value.stanzaOk ? '' : `; ${part.value.message}`}${age(part, now)}`
}

/** Without a proxy clients know every data host, and take the one that accepts writes. */
function directly({ spec }: Described, { hosts }: ClusterState, now: number): string {
  const accepting = hosts.filter(({ postgres }) => postgres?.value?.inRecovery === false && !postgres.value.readOnly)
  const old = accepting[0]?.postgres
  const who = accepting.map(({ name }) => name).join(' and ') || 'nobody'
  const known = hostsWith(spec, 'patroni').join(', ')
  return `know ${known}, and take who accepts writes: ${who}${old ? age(old, now) : ''}`
}

function clients(described: Described, cluster: ClusterState, now: number): string {
  if (described.client.readWrite.others) return directly(described, cluster, now)
  const { proxy: part } = cluster
  if (!part.value) return silent(part)
  const to = (which: 'write' | 'read'): string =>
    part
      .value!.filter((backend) => backend[which])
      .map(({ host }) => host)
      .join(', ') || 'nobody'
  return `writes to ${to('write')}, reads to ${to('read')}${age(part, now)}`
}

export function probeText({ probe }: Pick<ClusterState, 'probe'>): string {
  if (!probe) return 'not started'
  const { running, writesPerSecond, acknowledged, failed, unknown, lost, outages } = probe
  const longest = Math.max(0, ...outages.map((outage) => outage.seconds))
  const counted = `${acknowledged} acknowledged, ${failed} failed, ${unknown} unknown`
  const said = running ? `${writesPerSecond} writes/s; ${counted}` : `stopped; ${counted}`
  const gap = outages.length > 0 ? `; ${count(outages.length, 'outage')}, the longest ${seconds(longest * 1000)}` : ''
  return `${said}${gap}${lost === null ? '' : `; ${lost} lost`}`
}

const row = ({ name, role, timeline, note, engine }: HostView): string[] => [
  name,
  role === 'none' ? '-' : role,
  timeline === null ? '-' : String(timeline),
  engine.value?.container ?? 'not known',
  note,
]

/** More of them are in the flight record. */
const mostViolations = 3

/** Broken safety rules, the newest first; what is over says so. */
function violationRows(violations: readonly Violation[], now: number): string[][] {
  const [newest, older] = [violations.slice(-mostViolations).toReversed(), violations.length - mostViolations]
  const rows = newest.map(({ text, from, to }, index) => [
    index === 0 ? 'BROKEN' : '',
    `${text} (${ago(from, now)}, ${to === null ? 'not known to be over' : 'over'})`,
  ])
  return older > 0 ? [...rows, ['', `${older} older`]] : rows
}

function faultsText(faults: readonly FaultRecord[], now: number): string {
  return (
    faults
      .map((fault) => {
        const when = whenText(fault, now)
        return `${fault.kind} ${fault.target} (${fault.id}${when ? `, ${when}` : ''})`
      })
      .join(', ') || 'none'
  )
}

/** What a lab's own description says of its routes. */
type Described = Pick<LabInfo, 'client' | 'spec'>

/** A cluster in words, for a terminal. */
export function statusText(
  { lab, topology, state, createdAt }: LabSummary,
  described: Described,
  cluster: ClusterState,
  now = Date.now(),
): string {
  const active = cluster.faults.filter((fault) => ['applying', 'active', 'healing'].includes(fault.state))
  const scheduled = cluster.faults.filter(({ state: each }) => each === 'scheduled')
  return [
    `lab "${lab}"  ${topology}, ${stateWord(state)}, made ${ago(createdAt, now)}\n\n`,
    table(cluster.hosts.map(row), ['host', 'role', 'timeline', 'container', 'note']),
    '\n',
    table([
      ['leader', lease(cluster, now)],
      ['etcd', etcd(cluster, now)],
      ['clients', clients(described, cluster, now)],
      ...backupRows(described, cluster, now),
      ['probe', probeText(cluster)],
      ['faults', faultsText(active, now)],
      ...(scheduled.length > 0 ? [['scheduled', faultsText(scheduled, now)]] : []),
      ...violationRows(cluster.violations ?? [], now),
    ]),
  ].join('')
}
