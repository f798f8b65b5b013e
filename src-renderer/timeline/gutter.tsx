import { chartNames, chartTitles, chartValuesAt, figure } from './chart-facts.js'
import { etcdValue, leaseValue, roleValue, writesValue, type MomentFacts } from './facts.js'
import type { Frame } from './frame.js'
import type { Lane } from './lanes.js'
import type { HostRole } from '../../src-main/contract/cluster.js'
import { fitted, widthOf } from './words.js'

const roleInks: Record<HostRole, string> = {
  leader: 'c-leader',
  sync: 'c-sync',
  replica: 'c-repl',
  starting: 'f1',
  none: 'f3',
  down: 'c-fault',
  frozen: 'c-fault',
  unknown: 'c-unk',
}

/** Names of the lanes, and their values at the moment that is looked at: where a long name leaves room, as the lane says it too. */
export function Gutter({ frame, facts }: { frame: Frame; facts: MomentFacts }) {
  const { lanes } = frame
  const right = frame.scale.left - 12
  const { lease, etcd, writes, outage } = facts
  const values = lanes.charts.length > 0 ? chartValuesAt(frame, facts.t) : null
  const row = (name: string, lane: Lane | null | undefined, value: string, ink: string) =>
    lane && (
      <g key={name}>
        <text x="16" y={lane.y + Math.round(lane.height / 2) + 4} className="s13 b f1">
          {fitted(name, 64, 13)}
        </text>
        <text x={right} y={lane.y + Math.round(lane.height / 2) + 4} className={`end ${ink}`}>
          {widthOf(value) <= right - 16 - widthOf(fitted(name, 64, 13), 13) - 6 ? value : ''}
        </text>
      </g>
    )
  return (
    <g>
      {facts.hosts.map((host, index) =>
        row(host.host, lanes.hosts[index]!, roleValue(host, facts.t), roleInks[host.role]),
      )}
      {row('lease', lanes.lease, leaseValue(lease), lease && lease.leftMs === null ? 'c-fault' : 'f2')}
      {row('etcd', lanes.etcd, etcdValue(etcd), etcd ? (etcd.quorum ? 'c-etcd' : 'c-fault') : 'f3')}
      {row('client', lanes.client, writesValue(writes), outage ? 'c-fault' : 'f2')}
      {values &&
        chartNames
          .slice(1)
          .map((name, index) =>
            row(
              chartTitles[name],
              lanes.charts[index + 1],
              values[name] === null ? '?' : figure(name, values[name]),
              'f2',
            ),
          )}
    </g>
  )
}
