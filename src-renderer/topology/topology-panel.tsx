import { useMemo, useState, type ReactNode } from 'react'
import { serverNow } from '../app/clock.js'
import { useCluster, useLabInfo } from '../app/lab-data.js'
import { useRecords } from '../app/use-stream.js'
import { marksOf } from '../timeline/marks.js'
import { stateAt } from '../timeline/moment-state.js'
import { momentFor, useMoment } from '../timeline/moment.js'
import { outagesOf } from '../timeline/outages.js'
import { createTracker } from '../timeline/tracks.js'
import { violationsAt } from '../timeline/violations.js'
import { useZero } from '../timeline/use-zero.js'
import { secondsText } from '../timeline/words.js'
import { IconButton } from '../ui/button.js'
import { Panel } from '../ui/panel.js'
import { SaidBox } from '../ui/said.js'
import { Topology } from './topology.js'
import { useHostActions } from './use-host-actions.js'

/** The topology of a running lab: now, or at the moment that the timeline looks at. */
export function TopologyPanel({ lab }: { lab: string }) {
  const info = useLabInfo(lab)
  const { cluster, stale } = useCluster(lab)
  const zero = useZero(lab) ?? info?.createdAt ?? 0
  const then = useThen(lab, zero)
  const { actionsFor, failure, clear } = useHostActions(lab, info, cluster)
  const frame = (parts: { note: ReactNode; tools: ReactNode; body: ReactNode }) => (
    <Panel id="topology" title="Topology" note={parts.note} tools={parts.tools}>
      {parts.body}
      {failure && (
        <div className="topo-said">
          <SaidBox said={failure} />
          <IconButton icon="close" label="Close" onClick={clear} />
        </div>
      )}
    </Panel>
  )
  if (!info) return frame({ note: 'waits for the lab', tools: null, body: null })
  return (
    <Topology
      info={info}
      state={cluster}
      then={then}
      zero={zero}
      clock={serverNow}
      old={stale}
      actionsFor={actionsFor}
      onNow={useMoment.getState().live}
      frame={frame}
    />
  )
}

/** The state of the moment that is looked at, put together from records; null while now is shown. */
function useThen(lab: string, zero: number) {
  const t = useMoment(momentFor(lab))
  const info = useLabInfo(lab)
  const { records } = useRecords(t === null ? null : lab)
  const { cluster } = useCluster(lab)
  const probe = cluster?.probe ?? null
  const [track] = useState(createTracker)
  const tracks = t === null ? null : track(records)
  return useMemo(() => {
    if (t === null || !info || !tracks) return null
    const outages = outagesOf(tracks, probe)
    const known = { tracks, hosts: [], outages, renewEveryS: info.settings.patroni.loop_wait }
    const cause = marksOf(tracks.events, zero).findLast((mark) => mark.cause && mark.t <= t)
    const since = cause && t - cause.t < 120_000 ? `, ${secondsText((t - cause.t) / 1000)} after ${cause.words}` : ''
    return { t, state: stateAt(info, known, t), words: since, violations: violationsAt(tracks.events, t) }
  }, [t, info, tracks, probe, zero])
}
