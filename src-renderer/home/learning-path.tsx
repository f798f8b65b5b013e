import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import type { ExerciseSummary } from '../../src-main/contract/exercise.js'
import type { HomeView } from '../../src-main/contract/rpc.js'
import { minutes } from '../ui/format.js'
import { groups, pathOf, type PathLine, type Stop } from './path.js'

const rowHeight = 102
const firstX = 184
const centreY = 36

/** Pixels from stop to stop: as far apart as the window allows, as near as names allow. */
const stepFor = (width: number): number => Math.max(76, Math.min(124, Math.floor((width - firstX - 24) / 11.5)))

function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(() => window.innerWidth)
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [ref, width]
}

export function LearningPath(props: {
  home: HomeView
  selected: string | null
  onSelect: (exercise: ExerciseSummary) => void
  /** Stands where the first rows leave room at the right. */
  aside: ReactNode
}) {
  const { home, selected, onSelect, aside } = props
  const path = useMemo(() => pathOf(home), [home])
  const [ref, width] = useWidth()
  const step = stepFor(width)
  const place = ({ row, column }: Stop) => ({ x: firstX + 16 + column * step, y: row * rowHeight + centreY })
  const total = home.exercises.length + home.planned.length
  const time = [...home.exercises, ...home.planned].reduce((sum, each) => sum + each.minutes, 0)
  const done = path.stops.filter(({ state }) => state === 'done').length
  // the first two rows end at the fifth column: the aside begins after it
  const asideLeft = firstX + 16 + 5 * step + step * 0.75
  const othersTop = 4 * rowHeight
  const othersLeft = firstX + 16 + 6 * step + step * 0.75
  return (
    <section className="panel path" aria-label="Learning path">
      <header className="panel-head">
        <h2>Learning path</h2>
        <span className="panel-note">
          {total} exercises, {minutes(time)}; {done} done, {home.exercises.length} can be flown today
        </span>
        <Legend />
      </header>
      <div className="path-scroll" role="group" tabIndex={0} aria-label="Exercises by group">
        <div className="path-map" ref={ref} style={{ height: groups.length * rowHeight }} data-narrow={step < 96}>
          <svg className="path-lines" width="100%" height="100%" aria-hidden="true">
            {groups.map((group, row) => {
              const end = row < 1 ? asideLeft : row === 4 && path.others.length > 0 ? othersLeft : '100%'
              return row < groups.length - 1 ? (
                <line
                  key={group.name}
                  x1="0"
                  x2={end}
                  y1={(row + 1) * rowHeight - 0.5}
                  y2={(row + 1) * rowHeight - 0.5}
                  stroke="var(--line)"
                />
              ) : null
            })}
            {path.lines.map((line) => (
              <Track
                key={`${line.from.number}-${line.to.number}`}
                line={line}
                from={place(line.from)}
                to={place(line.to)}
                half={step / 2}
              />
            ))}
          </svg>
          {groups.map((group, row) => {
            const stops = path.stops.filter((stop) => stop.row === row)
            const flown = stops.filter(({ state }) => state === 'done').length
            return (
              <section key={group.name} aria-label={group.name}>
                <div className="path-group" style={{ top: row * rowHeight }}>
                  <h3>{group.name}</h3>
                  <p className="t1 ink3">{group.about}</p>
                  <p className="mono t1 ink2">
                    {flown} of {stops.length}
                  </p>
                </div>
                <ol>
                  {stops.map((stop) => (
                    <li
                      key={stop.number}
                      style={{
                        left: place(stop).x,
                        top: row * rowHeight,
                        width: step - 4,
                        marginLeft: -(step - 4) / 2,
                      }}
                      className="stop-place"
                    >
                      <StopView
                        stop={stop}
                        selected={stop.exercise !== null && stop.exercise.slug === selected}
                        onSelect={onSelect}
                      />
                    </li>
                  ))}
                </ol>
              </section>
            )
          })}
          <aside
            className="path-aside"
            aria-label="Without an exercise"
            tabIndex={0}
            style={{ left: asideLeft, top: 0, height: rowHeight * 2 - 1 }}
          >
            {aside}
          </aside>
          {path.others.length > 0 && (
            <aside
              className="path-aside path-others"
              style={{ left: othersLeft, top: othersTop, height: rowHeight * 2 }}
            >
              <h3>Incidents</h3>
              <p className="t1 ink2">A symptom and no instructions. Planned.</p>
              <ul>
                {path.others.slice(0, 5).map(({ title }) => (
                  <li key={title}>{title}</li>
                ))}
              </ul>
              {path.others.length > 5 && <p className="t1 ink3">and {path.others.length - 5} more</p>}
            </aside>
          )}
        </div>
      </div>
    </section>
  )
}

type Point = { x: number; y: number }

/** A piece of track: straight along a row; between rows it goes out, down and in, with round corners. */
function Track({ line, from, to, half }: { line: PathLine; from: Point; to: Point; half: number }) {
  const y = (point: Point): number => point.y + 0.5
  const turn = to.x - half
  const r = 12
  const d =
    from.y === to.y
      ? `M${from.x + 11} ${y(from)}H${to.x - 11}`
      : `M${from.x + 11} ${y(from)}H${turn - r}q${r} 0 ${r} ${r}V${y(to) - r}q0 ${r} ${r} ${r}H${to.x - 11}`
  return (
    <path
      d={d}
      fill="none"
      stroke={line.open ? 'var(--line3)' : 'var(--line2)'}
      strokeWidth="1.5"
      strokeDasharray={line.open ? undefined : '2 4'}
    />
  )
}

function StopView(props: { stop: Stop; selected: boolean; onSelect: (exercise: ExerciseSummary) => void }) {
  const { stop, selected, onSelect } = props
  const { exercise } = stop
  const inside = (
    <>
      <span className="mono t1 ink3 stop-number" aria-hidden="true">
        {stop.number}
      </span>
      <StopMark stop={stop} />
      <span className="stop-title">{stop.title.split(':')[0]}</span>
      <span className="mono t1 ink3">
        {minutes(stop.minutes)}
        {exercise && <span className="sr-only">, {exercise.difficulty}</span>}
      </span>
    </>
  )
  if (!exercise) {
    return (
      <div className="stop stop-planned" title={`${stop.title}: planned, not there yet`}>
        {inside}
        <span className="sr-only">, planned, not there yet</span>
      </div>
    )
  }
  return (
    <button
      type="button"
      className="stop"
      data-state={stop.state}
      aria-pressed={selected}
      title={exercise.goal}
      onClick={() => onSelect(exercise)}
    >
      {inside}
      <span className="sr-only">{stop.state === 'running' ? `, step ${stop.step}` : `, ${stop.state}`}</span>
    </button>
  )
}

function StopMark({ stop }: { stop: Stop }) {
  return (
    <svg width="24" height="24" viewBox="-12 -12 24 24" aria-hidden="true" className="stop-mark">
      {stop.state === 'running' ? (
        <>
          <circle r="11" fill="var(--ink)" />
          <text y="4" textAnchor="middle" className="stop-step">
            {stop.step}
          </text>
        </>
      ) : (
        <MarkShape state={stop.state} />
      )}
    </svg>
  )
}

function MarkShape({ state, r = 9 }: { state: Stop['state']; r?: number }) {
  if (state === 'done') {
    return (
      <>
        <circle r={r} fill="var(--panel)" stroke="var(--pass)" strokeWidth="1.5" />
        <path d="M-4 .5l3 3l5-6" fill="none" stroke="var(--pass)" strokeWidth="1.75" />
      </>
    )
  }
  if (state === 'running') return <circle r={r - 2} fill="var(--ink)" />
  if (state === 'open') {
    return (
      <>
        <circle r={r} fill="var(--panel)" stroke="var(--ink)" strokeWidth="1.5" />
        <rect x="-2" y="-2" width="4" height="4" fill="var(--ink)" />
      </>
    )
  }
  return <circle r={r} fill="var(--panel)" stroke="var(--line3)" strokeWidth="1.25" strokeDasharray="2 3" />
}

const meanings: [Stop['state'], string][] = [
  ['done', 'done'],
  ['running', 'under way'],
  ['open', 'can be flown'],
  ['planned', 'planned, not there yet'],
]

function Legend() {
  return (
    <ul className="path-legend panel-tools">
      {meanings.map(([state, meaning]) => (
        <li key={state}>
          <svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
            <MarkShape state={state} r={6} />
          </svg>
          {meaning}
        </li>
      ))}
    </ul>
  )
}
