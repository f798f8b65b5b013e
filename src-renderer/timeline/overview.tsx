import { useRef, type PointerEvent } from 'react'
import { bandSpans } from './bands.js'
import type { Mark } from './marks.js'
import type { OutageSpan } from './outages.js'
import { timeAt, timeScale, xOf } from './scale.js'
import type { Tracks } from './tracks.js'

const edges = {
  leader: 'var(--leader-s)',
  sync: 'var(--sync)',
  replica: 'var(--repl)',
  down: 'var(--fault)',
  frozen: 'var(--fault)',
}
const edgeOf = (role: string): string => edges[role as keyof typeof edges] ?? 'var(--line3)'

export interface OverviewProps {
  tracks: Tracks
  outages: readonly OutageSpan[]
  hosts: readonly string[]
  marks: readonly Mark[]
  first: number
  now: number
  window: { from: number; to: number }
  width: number
  /** The window's middle is wanted here. */
  onGo: (t: number) => void
}

/** The whole attempt in a strip, and the part that is on screen as a frame that can be dragged. */
export function Overview({ tracks, hosts, outages, marks, first, now, window, width, onGo }: OverviewProps) {
  const scale = timeScale(first, Math.max(now, first + 1_000), 0, width)
  const pitch = Math.min(3, 6 / Math.max(1, hosts.length))
  const thick = pitch >= 3 ? 2 : 1
  const dragging = useRef(false)
  const go = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    onGo(timeAt(scale, ((event.clientX - box.left) * width) / box.width))
  }
  const frameX = Math.max(0.5, xOf(scale, window.from))
  const frameEnd = Math.min(width - 0.5, xOf(scale, window.to))
  return (
    <svg
      className="pic tl-overview"
      width={width}
      height="12"
      aria-hidden="true"
      onPointerDown={(event) => {
        dragging.current = true
        event.currentTarget.setPointerCapture(event.pointerId)
        go(event)
      }}
      onPointerMove={(event) => dragging.current && go(event)}
      onPointerUp={() => (dragging.current = false)}
    >
      <rect x="0" y="4" width={width} height="4" fill="var(--line)" />
      {hosts.map((host, index) =>
        bandSpans(host, tracks.roles.get(host) ?? [], [], now).map((span) => {
          const x = Math.max(0, xOf(scale, span.from))
          const wide = Math.max(0.75, xOf(scale, span.to) - x)
          const gone = span.role === 'down' || span.role === 'frozen'
          return (
            <rect
              key={`${host}-${span.from}`}
              x={x}
              y={4 + index * pitch}
              width={wide}
              height={thick}
              fill={edgeOf(span.role)}
              opacity={gone ? 1 : 0.75}
            />
          )
        }),
      )}
      {outages.map((span) => {
        const x = xOf(scale, span.from)
        const wide = Math.max(1.5, xOf(scale, span.until ?? now) - x)
        return <rect key={span.from} x={x} y="10" width={wide} height="2" className="c-fault" />
      })}
      {marks
        .filter(({ shape }) => shape === 'check')
        .map((mark) => (
          <path key={mark.t} d={`M${xOf(scale, mark.t) - 1.5} 1l2 2.5l3 -3.5`} className="nf l-pass" />
        ))}
      <rect
        x={frameX}
        y="0.5"
        width={Math.max(4, frameEnd - frameX)}
        height="11"
        fill="var(--sel)"
        stroke="var(--ink2)"
        rx="2"
      />
    </svg>
  )
}
