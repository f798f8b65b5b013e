import { useEffect, useRef, useState, type PointerEvent, type RefObject } from 'react'
import { timeAt, type TimeScale } from './scale.js'

export interface PointerWishes {
  svg: RefObject<SVGSVGElement | null>
  scale: TimeScale
  /** Below it lies the clock: dragging there moves the playhead, above it the window. */
  axisY: number
  onMoment: (t: number) => void
  onPan: (ms: number) => void
  onZoom: (factor: number, t: number) => void
}

/** Nearer than this a press is a click. */
const clickPx = 4

/** A click looks at a moment, a drag moves the window, a drag along the clock the playhead, Ctrl and the wheel zoom. */
export function usePointer(wishes: PointerWishes) {
  const latest = useRef(wishes)
  useEffect(() => {
    latest.current = wishes
  })
  const press = useRef<{ x: number; at: number; mode: 'click' | 'pan' | 'scrub' } | null>(null)
  const [dragging, setDragging] = useState(false)
  useWheel(latest)

  const timeOf = (event: PointerEvent<SVGSVGElement>): number => {
    const { scale } = latest.current
    const x = localX(event.currentTarget, event.clientX)
    return timeAt(scale, Math.min(Math.max(x, scale.left), scale.left + scale.width))
  }
  const handlers = {
    onPointerDown(event: PointerEvent<SVGSVGElement>) {
      if (event.button !== 0) return
      const box = event.currentTarget.getBoundingClientRect()
      const x = localX(event.currentTarget, event.clientX)
      if (x < latest.current.scale.left) return
      const y = ((event.clientY - box.top) * event.currentTarget.viewBox.baseVal.height) / box.height
      const scrub = y >= latest.current.axisY
      press.current = { x, at: x, mode: scrub ? 'scrub' : 'click' }
      event.currentTarget.setPointerCapture(event.pointerId)
      if (scrub) latest.current.onMoment(timeOf(event))
    },
    onPointerMove(event: PointerEvent<SVGSVGElement>) {
      const held = press.current
      if (!held) return
      const x = localX(event.currentTarget, event.clientX)
      if (held.mode === 'scrub') latest.current.onMoment(timeOf(event))
      else if (held.mode === 'pan' || Math.abs(x - held.x) > clickPx) {
        held.mode = 'pan'
        setDragging(true)
        latest.current.onPan(((held.at - x) * 1000) / latest.current.scale.pps)
        held.at = x
      }
    },
    onPointerUp(event: PointerEvent<SVGSVGElement>) {
      if (press.current?.mode === 'click') latest.current.onMoment(timeOf(event))
      press.current = null
      setDragging(false)
    },
    onPointerCancel() {
      press.current = null
      setDragging(false)
    },
  }
  return { handlers, dragging }
}

/** In the picture's own pixels, whatever the window's zoom. */
export function localX(svg: SVGSVGElement, clientX: number): number {
  const box = svg.getBoundingClientRect()
  return ((clientX - box.left) * svg.viewBox.baseVal.width) / Math.max(1, box.width)
}

/** React listens passively, and a wheel that zooms must not scroll as well. */
function useWheel(latest: RefObject<PointerWishes>) {
  const { svg } = latest.current
  useEffect(() => {
    const element = svg.current
    if (!element) return
    const onWheel = (event: WheelEvent): void => {
      const { scale, onPan, onZoom } = latest.current
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault()
        onZoom(
          Math.exp(Math.min(Math.max(event.deltaY, -100), 100) / 250),
          timeAt(scale, localX(element, event.clientX)),
        )
        return
      }
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX
      if (Math.abs(sideways) < 1) return
      event.preventDefault()
      onPan((sideways * 1000) / scale.pps)
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [svg, latest])
}
