import { useEffect, useMemo, useState, type KeyboardEvent } from 'react'
import { useMoment } from './moment.js'
import type { Mark } from './marks.js'
import { panned, showing, spans, windowScale, zoomed, type Extent, type WindowChoice } from './window.js'

const gutterPx = 128
const narrowGutterPx = 104

export const gutterFor = (width: number): number => (width < 900 ? narrowGutterPx : gutterPx)

/** What part of the time is on screen, and the moment that is looked at. */
export function useView(lab: string, extent: Extent, width: number, marks: readonly Mark[]) {
  const [choice, setChoice] = useState<WindowChoice>({ span: spans['40 s'], end: null })
  const moment = useMoment((state) => (state.lab === lab ? state.t : null))
  // "Back to now" may be pressed elsewhere, and the window comes along
  const [before, setBefore] = useState(moment)
  if (before !== moment) {
    setBefore(moment)
    if (moment === null) setChoice({ ...choice, end: null })
  }
  useEffect(() => () => useMoment.getState().live(), [lab])
  const { look, live: showNow } = useMoment.getState()
  const { first, now, recorded } = extent
  const scale = useMemo(
    () => windowScale(choice, { first, now, recorded }, gutterFor(width), width),
    [choice, first, now, recorded, width],
  )
  const live = choice.end === null && moment === null && !extent.recorded

  const lookAt = (t: number): void => {
    const at = Math.min(Math.max(t, extent.first), extent.now)
    setChoice(showing(choice, scale, at))
    look(lab, at)
  }
  const goLive = (): void => {
    showNow()
    setChoice({ ...choice, end: null })
  }
  const pause = (): void => lookAt(extent.now)
  const zoomTo = (span: WindowChoice['span']): void => {
    const middle = moment ?? (scale.from + scale.to) / 2
    if (span === 'all' || choice.end === null) setChoice({ ...choice, span })
    else setChoice({ span, end: middle + span * 0.5 })
  }
  const zoomBy = (factor: number, t: number): void => setChoice(zoomed(choice, scale, extent, factor, t))
  const pan = (ms: number): void => setChoice(panned(choice, scale, extent, ms))
  const centre = (t: number): void => {
    const span = choice.span === 'all' ? spans['5 min'] : choice.span
    setChoice({ span, end: Math.min(t + span / 2, extent.now + span * 0.1) })
  }

  const onKey = (event: KeyboardEvent): void => {
    if (event.altKey || event.metaKey) return
    const at = moment ?? extent.now
    const step = 1000 / scale.pps > 100 ? 1_000 : 100
    const by = event.shiftKey ? step * 10 : step
    const next = marks.find(({ t }) => t > at + 50)?.t
    const last = marks.findLast(({ t }) => t < at - 50)?.t
    const actions: Record<string, () => void> = {
      ArrowLeft: () => lookAt(event.ctrlKey ? (last ?? extent.first) : at - by),
      ArrowRight: () => (event.ctrlKey ? (next ? lookAt(next) : goLive()) : lookAt(at + by)),
      PageUp: () => lookAt(at - (scale.to - scale.from) / 2),
      PageDown: () => lookAt(at + (scale.to - scale.from) / 2),
      Home: () => lookAt(extent.first),
      End: () => (extent.recorded ? lookAt(extent.now) : goLive()),
      Escape: goLive,
      l: goLive,
      '+': () => zoomBy(0.5, at),
      '=': () => zoomBy(0.5, at),
      '-': () => zoomBy(2, at),
      '0': () => zoomTo('all'),
    }
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!action || (event.ctrlKey && !event.key.startsWith('Arrow'))) return
    event.preventDefault()
    event.stopPropagation()
    action()
  }
  return { choice, scale, moment, live, lookAt, goLive, pause, zoomTo, zoomBy, pan, centre, onKey }
}

export type View = ReturnType<typeof useView>
