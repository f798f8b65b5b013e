import { useMemo, useRef, type ReactNode } from 'react'
import { Axis, Future, GridLines, Playhead } from './axis.js'
import { chartsOf } from './chart-data.js'
import { ChartLane } from './chart-lane.js'
import { ChartTable } from './chart-table.js'
import { factsAt, sentenceAt } from './facts.js'
import type { Frame } from './frame.js'
import { Gutter } from './gutter.js'
import { HoverLayer } from './hover.js'
import { ChartWords } from './lane-charts.js'
import { ClientLane, type Prediction } from './lane-client.js'
import { EtcdLane } from './lane-etcd.js'
import { HostLanes } from './lane-hosts.js'
import { LeaseLane } from './lane-lease.js'
import { MarksLane } from './lane-marks.js'
import type { Lanes } from './lanes.js'
import type { Mark } from './marks.js'
import type { OutageSpan } from './outages.js'
import { xOf, type TimeScale } from './scale.js'
import { summaryOf } from './summary.js'
import type { Tracks } from './tracks.js'
import { usePointer } from './use-pointer.js'
import { momentText } from './words.js'
import './picture.css'
import './timeline.css'

export interface TimelineViewProps {
  tracks: Tracks
  outages: readonly OutageSpan[]
  marks: readonly Mark[]
  hosts: readonly string[]
  members: readonly string[]
  zero: number
  now: number
  renewEveryS: number
  prediction: Prediction | null
  recorded: boolean
  scale: TimeScale
  lanes: Lanes
  /** The moment that is looked at; null: now. */
  moment: number | null
  onMoment: (t: number) => void
  onPan: (ms: number) => void
  onZoom: (factor: number, t: number) => void
  onKey: (event: React.KeyboardEvent) => void
  children?: ReactNode
}

/** The lanes of one window of time. What it shows is in the props; what the pointer does goes back through them. */
export function TimelineView(props: TimelineViewProps) {
  const { tracks, outages, hosts, members, zero, now, renewEveryS, scale, lanes, moment, recorded, marks } = props
  const frame = useMemo<Frame>(
    () => ({ tracks, outages, hosts, members, scale, lanes, zero, now, renewEveryS }),
    [tracks, outages, hosts, members, scale, lanes, zero, now, renewEveryS],
  )
  const { from, to, left, width } = scale
  const svg = useRef<SVGSVGElement>(null)
  const pointer = usePointer({
    svg,
    scale,
    axisY: lanes.axisY,
    onMoment: props.onMoment,
    onPan: props.onPan,
    onZoom: props.onZoom,
  })
  const at = moment ?? now
  const facts = useMemo(() => factsAt(frame, at), [frame, at])
  const total = left + width
  const isShown = at >= from && at <= to
  const charts = useMemo(() => (lanes.charts.length > 0 ? chartsOf(frame) : null), [frame, lanes])
  const lanesDrawn = useMemo(
    () => (
      <>
        <GridLines frame={frame} />
        <HostLanes frame={frame} />
        {lanes.lease && <LeaseLane frame={frame} lane={lanes.lease} />}
        {lanes.etcd && <EtcdLane frame={frame} lane={lanes.etcd} />}
        <ClientLane frame={frame} prediction={props.prediction} />
        {charts && <ChartWords frame={frame} charts={charts} />}
        {!recorded && <Future frame={frame} />}
        <MarksLane frame={frame} marks={marks} />
      </>
    ),
    [frame, lanes, props.prediction, recorded, marks, charts],
  )
  return (
    <>
      {charts?.map((chart, index) => (
        <ChartLane key={chart.name} chart={chart} lane={lanes.charts[index]!} scale={scale} hosts={hosts} />
      ))}
      <svg
        ref={svg}
        className="pic tl-picture"
        width={total}
        height={lanes.height}
        viewBox={`0 0 ${total} ${lanes.height}`}
        role="slider"
        tabIndex={0}
        data-panel-focus
        aria-keyshortcuts="ArrowLeft ArrowRight Control+ArrowLeft Control+ArrowRight Home End L + - 0"
        aria-label={`Timeline. ${summaryOf(frame)}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, Math.round((now - zero) / 100) / 10)}
        aria-valuenow={Math.round((at - zero) / 100) / 10}
        aria-valuetext={`${momentText(at - zero)}: ${sentenceAt(facts)}`}
        onKeyDown={props.onKey}
        {...pointer.handlers}
      >
        <clipPath id="tl-plot">
          <rect x={left} y="-2" width={width} height={lanes.height + 2} />
        </clipPath>
        {lanesDrawn}
        <Gutter frame={frame} facts={facts} />
        <Axis frame={frame} flagX={isShown ? xOf(scale, at) : null} />
        <Playhead frame={frame} t={at} />
        <HoverLayer frame={frame} svg={svg} quiet={pointer.dragging} />
      </svg>
      {charts && (
        <div className="sr-only">
          <ChartTable {...frame} charts={charts} at={at} />
        </div>
      )}
      {props.children}
    </>
  )
}
