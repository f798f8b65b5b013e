import type { ReactNode } from 'react'
import { Segments } from '../ui/segments.js'
import { Overview, type OverviewProps } from './overview.js'
import type { View } from './use-view.js'
import { spanName, spans, type Extent } from './window.js'
import { momentText } from './words.js'

const zooms = [
  { value: 'all', label: 'All' },
  { value: '5 min', label: '5 min' },
  { value: '40 s', label: '40 s' },
] as const

/** What the panel shows: the lanes of states, charts on the same axis, the incidents as a story, every event. */
export const faces = [
  { value: 'state', label: 'Lanes', command: 'lanes of roles, lease, votes and writes' },
  { value: 'charts', label: 'Charts', command: 'charts of writes, latency, lag and WAL' },
  { value: 'story', label: 'Story', command: 'what just happened' },
  { value: 'list', label: 'List', command: 'every event as a list' },
] as const
export type Face = (typeof faces)[number]['value']

/** The tools of the timeline's header: the whole attempt, what is on screen of it, zoom, live, and the list. */
export function TimelineHead(props: {
  view: View
  extent: Extent
  zero: number
  overview: Pick<OverviewProps, 'tracks' | 'outages' | 'hosts' | 'marks'>
  face: Face
  onFace: (face: Face) => void
}) {
  const { view, extent, zero, overview, face, onFace } = props
  const { scale, choice } = view
  const to = Math.min(scale.to, extent.now)
  const follows = choice.end === null && !extent.recorded
  const from = momentText(Math.max(scale.from, extent.first) - zero, 0)
  const end = follows ? 'now' : momentText(to - zero, 0)
  const whole = momentText(extent.now - zero, 0)
  return (
    <>
      <span className="tl-wide">
        <Overview
          {...overview}
          first={extent.first}
          now={extent.now}
          window={{ from: scale.from, to }}
          width={280}
          onGo={view.centre}
        />
      </span>
      <span className="mono t1 ink3 tn tl-wide">{`${from} to ${end}${choice.span === 'all' ? '' : `, of ${whole}`}`}</span>
      <Segments
        label="Time on screen"
        choices={zooms}
        value={spanName(choice)}
        onChange={(value) => view.zoomTo(value === 'all' ? 'all' : spans[value])}
      />
      <Segments label="The timeline as" choices={faces} value={face} onChange={onFace} />
      {extent.recorded ? (
        <span className="tl-live">recorded</span>
      ) : (
        <button
          type="button"
          className="tl-live"
          aria-pressed={view.live}
          title={view.live ? 'Follows now; a press holds it still' : 'Back to now (L)'}
          onClick={view.live ? view.pause : view.goLive}
        >
          live
        </button>
      )}
    </>
  )
}

/** What the colours and shapes of the lanes mean. */
export function Legend(): ReactNode {
  return (
    <span className="tl-legends tl-wide">
      <LegendItem words="leader" drawing={<Band fill="var(--leader-f)" edge="var(--leader-s)" />} />
      <LegendItem words="sync standby" drawing={<Band fill="var(--sync-f)" edge="var(--sync)" />} />
      <LegendItem words="async replica" drawing={<Band fill="var(--repl-f)" edge="var(--repl)" />} />
      <LegendItem words="fault" drawing={<Band fill="url(#hatch)" edge="var(--fault)" />} />
      <LegendItem
        words="etcd member"
        drawing={<path d="M0 3.5h12M0 8.5h12" stroke="var(--etcd)" strokeWidth="3" fill="none" />}
      />
    </span>
  )
}

const Band = ({ fill, edge }: { fill: string; edge: string }) => (
  <>
    <rect y="1" width="12" height="10" fill={fill} />
    <rect y="1" width="12" height="2" fill={edge} />
  </>
)

const LegendItem = ({ words, drawing }: { words: string; drawing: ReactNode }) => (
  <span className="tl-legend">
    <svg width="12" height="12" aria-hidden="true">
      {drawing}
    </svg>
    {words}
  </span>
)
