import { useMemo, useRef, useState, type ReactNode } from 'react'
import type { ProbeStats } from '../../src-main/contract/probe.js'
import type { LabRecord } from '../../src-main/contract/record.js'
import { useCommands } from '../app/commands.js'
import { EventList } from './event-list.js'
import { chartNames } from './chart-facts.js'
import { chartLanesOf, lanesOf } from './lanes.js'
import { Story } from './story.js'
import { marksOf } from './marks.js'
import { outagesOf } from './outages.js'
import { predictionIn } from './prediction.js'
import { faces, TimelineHead, type Face } from './timeline-head.js'
import { TimelineView } from './timeline-view.js'
import { createTracker } from './tracks.js'
import { useSize } from './use-size.js'
import { useTicking } from './use-ticking.js'
import { useView } from './use-view.js'
import { spans } from './window.js'

export interface TimelineProps {
  lab: string
  /** Data hosts in the author's order; one lane each. */
  hosts: readonly string[]
  /** etcd members in the author's order; one line each. */
  members: readonly string[]
  /** One array that grows, or another one when everything came anew; looked at on every render. */
  records: readonly LabRecord[]
  probe: ProbeStats | null
  /** Patroni's loop_wait in seconds: how often a healthy leader renews. */
  renewEveryS: number
  /** Times are counted from here, in epoch ms; null: from the first record. */
  zero: number | null
  /** Now on the app's clock; null for a recording, which ends with its last record. */
  clock: (() => number) | null
  /** Puts title, tools and picture into a panel. */
  frame: (parts: { tools: ReactNode; body: ReactNode }) => ReactNode
}

const drawnEveryMs = 200
/** A panel as tall as this shows the list under the picture; the picture grows no more. */
const bothFrom = 480
const mostPicture = 420
const standing = (): number => 0

/** The timeline of one lab, live or recorded: state around the picture, which is drawn by TimelineView. */
export function Timeline(props: TimelineProps) {
  const { lab, hosts, members, records, probe, renewEveryS, clock } = props
  const body = useRef<HTMLDivElement>(null)
  const size = useSize(body)
  const [track] = useState(createTracker)
  const [everyMs, setEveryMs] = useState(drawnEveryMs)
  const [face, setFace] = useState<Face>('state')
  const tracks = track(records)
  const ticking = useTicking(clock ?? standing, clock ? everyMs : null, body)
  const now = clock ? Math.max(ticking, (tracks.last ?? 0) - 2_000) : (tracks.last ?? 0)
  const first = tracks.first ?? now
  const zero = props.zero ?? first
  const outages = useMemo(() => outagesOf(tracks, probe), [tracks, probe])
  const marks = useMemo(() => marksOf(tracks.events, zero), [tracks, zero])
  const prediction = useMemo(() => predictionIn(tracks.events, marks), [tracks, marks])
  const extent = { first, now, recorded: clock === null }
  const view = useView(lab, extent, size?.width ?? 800, marks)
  // no more often than a pixel passes, and five times a second at most: calm for the eye and for the machine; a window that stands still waits for records
  const wanted = view.live
    ? Math.max(drawnEveryMs, Math.min(2_000, Math.ceil(1000 / view.scale.pps / 100) * 100))
    : 1_000
  if (wanted !== everyMs) setEveryMs(wanted)
  useCommands('timeline', [
    { id: 'timeline-now', title: 'Timeline: back to now (L)', group: 'View', run: view.goLive },
    { id: 'timeline-all', title: 'Timeline: the whole time (0)', group: 'View', run: () => view.zoomTo('all') },
    { id: 'timeline-5min', title: 'Timeline: 5 min', group: 'View', run: () => view.zoomTo(spans['5 min']) },
    { id: 'timeline-40s', title: 'Timeline: 40 s', group: 'View', run: () => view.zoomTo(spans['40 s']) },
    ...faces
      .filter(({ value }) => value !== face)
      .map(({ value, command }) => ({
        id: `timeline-${value}`,
        title: `Timeline: ${command}`,
        group: 'View' as const,
        run: () => setFace(value),
      })),
  ])
  const height = size?.height ?? 220
  const both = height >= bothFrom
  const pictureHeight = both ? Math.min(Math.round(height * 0.6), mostPicture) : height
  const charted = face === 'charts'
  const lanes = useMemo(
    () =>
      charted ? chartLanesOf(hosts.length, chartNames.length, pictureHeight) : lanesOf(hosts.length, pictureHeight),
    [charted, hosts.length, pictureHeight],
  )
  const known = { tracks, outages, hosts, renewEveryS }
  const tools = (
    <TimelineHead
      view={view}
      extent={extent}
      zero={zero}
      overview={{ tracks, outages, hosts, marks }}
      face={face}
      onFace={setFace}
    />
  )
  const words =
    face === 'story' ? (
      <Story events={tracks.events} zero={zero} moment={view.moment} onMoment={view.lookAt} />
    ) : (
      <EventList {...known} zero={zero} now={now} moment={view.moment} onMoment={view.lookAt} scale={view.scale} />
    )
  const asWords = face === 'list' || face === 'story'
  const picture = asWords
    ? words
    : size && (
        <TimelineView
          {...known}
          marks={marks}
          members={members}
          zero={zero}
          now={now}
          prediction={prediction}
          recorded={clock === null}
          scale={view.scale}
          lanes={lanes}
          moment={view.moment}
          onMoment={view.lookAt}
          onPan={view.pan}
          onZoom={view.zoomBy}
          onKey={view.onKey}
        />
      )
  return props.frame({
    tools,
    body: (
      <div ref={body} className="tl-body">
        {picture}
        {both && !asWords && (
          <div className="tl-both" style={{ top: lanes.height }}>
            {words}
          </div>
        )}
      </div>
    ),
  })
}
