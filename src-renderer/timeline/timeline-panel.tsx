import { useMemo } from 'react'
import { serverNow } from '../app/clock.js'
import { useCluster, useLabInfo } from '../app/lab-data.js'
import { useRecords } from '../app/use-stream.js'
import { Panel } from '../ui/panel.js'
import { hostsInOrder } from './hosts-in-order.js'
import { Timeline } from './timeline.js'
import { Legend } from './timeline-head.js'
import { useZero } from './use-zero.js'

const standingAt = (t: number) => (): number => t

/** The timeline of a running lab, along the bottom of its workspace. */
export function TimelinePanel({ lab }: { lab: string }) {
  const info = useLabInfo(lab)
  const { cluster } = useCluster(lab)
  const { records, version, state } = useRecords(lab)
  const zero = useZero(lab) ?? info?.createdAt ?? null
  const { hosts, members } = useMemo(() => hostsInOrder(info), [info])
  // nothing is known of the time since the connection went: no lane may go on into it
  const clock = useMemo(() => (state === 'stale' ? standingAt(serverNow()) : serverNow), [state])
  const loopWait = Number(cluster?.dcs.value?.config['loop_wait'] ?? info?.settings.patroni.loop_wait ?? 10)
  return (
    <Timeline
      lab={lab}
      hosts={hosts}
      members={members}
      records={records}
      probe={cluster?.probe ?? null}
      renewEveryS={loopWait}
      zero={zero}
      clock={clock}
      frame={({ tools, body }) => (
        <Panel
          id="timeline"
          title="Timeline"
          className="tl-panel"
          note={state === 'live' || version === 0 ? <Legend /> : 'not connected: nothing new is known'}
          tools={tools}
        >
          {body}
        </Panel>
      )}
    />
  )
}
