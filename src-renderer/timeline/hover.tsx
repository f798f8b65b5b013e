import { useEffect, useState, type RefObject } from 'react'
import { createPortal } from 'react-dom'
import { chartNames, chartTitles, chartValuesAt, figure } from './chart-facts.js'
import { etcdValue, factsAt, leaseValue, roleValue, writesValue } from './facts.js'
import type { Frame } from './frame.js'
import { crisp, timeAt } from './scale.js'
import { localX } from './use-pointer.js'
import { utcClock } from '../ui/utc.js'
import { momentText } from './words.js'

/** The moment under the pointer: a thin line, and its figures beside it. It keeps its own state, so that nothing else is drawn again. */
export function HoverLayer({
  frame,
  svg,
  quiet,
}: {
  frame: Frame
  svg: RefObject<SVGSVGElement | null>
  quiet: boolean
}) {
  const [x, setX] = useState<number | null>(null)
  const { left, width } = frame.scale
  useEffect(() => {
    const element = svg.current
    if (!element) return
    const move = (event: globalThis.PointerEvent): void => {
      const at = localX(element, event.clientX)
      setX(event.pointerType === 'touch' || at < left || event.buttons > 0 ? null : at)
    }
    const leave = (): void => setX(null)
    element.addEventListener('pointermove', move)
    // a press puts the playhead there, and the gutter says the same
    element.addEventListener('pointerdown', leave)
    element.addEventListener('pointerleave', leave)
    return () => {
      element.removeEventListener('pointermove', move)
      element.removeEventListener('pointerdown', leave)
      element.removeEventListener('pointerleave', leave)
    }
  }, [svg, left])
  const host = svg.current?.parentElement
  if (x === null || quiet || !host) return null
  const t = timeAt(frame.scale, x)
  if (t > frame.now) return null
  const facts = factsAt(frame, t)
  const charted = frame.lanes.charts.length > 0
  const values = charted ? chartValuesAt(frame, t) : null
  const flip = x > left + width - 240
  return (
    <g pointerEvents="none">
      <line x1={crisp(x)} y1="0" x2={crisp(x)} y2={frame.lanes.axisY} className="l3" />
      {createPortal(
        <div
          className="pic-tip mono tl-tip"
          style={{ top: 6, ...(flip ? { right: left + width - x + 10 } : { left: x + 10 }) }}
          aria-hidden="true"
        >
          <b>
            {momentText(t - frame.zero)} <span className="ink3">{utcClock(t)} UTC</span>
          </b>
          {facts.hosts.map((each) => (
            <span key={each.host}>
              {each.host} {roleValue(each, t)}
            </span>
          ))}
          {!charted && <span>lease {leaseValue(facts.lease)}</span>}
          {!charted && <span>etcd {etcdValue(facts.etcd)}</span>}
          <span>client {writesValue(facts.writes)}</span>
          {values &&
            chartNames.slice(1).map((name) => (
              <span key={name}>
                {chartTitles[name]} {figure(name, values[name])}
              </span>
            ))}
        </div>,
        host,
      )}
    </g>
  )
}
