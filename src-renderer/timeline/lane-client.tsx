import { slotMs } from './client-ticks.js'
import { onScreen, type Frame } from './frame.js'
import { outageLayout, type OutageWord } from './outage-layout.js'
import type { OutageSpan } from './outages.js'
import { crisp, xOf } from './scale.js'
import { widthOf } from './words.js'

export interface Prediction {
  /** The moment that it counts from: when the host went. */
  at: number
  seconds: number
}

/** Acknowledged writes, one tick per 100 ms; no tick where none came back, and the hole says how long. */
export function ClientLane({ frame, prediction }: { frame: Frame; prediction: Prediction | null }) {
  const charted = frame.lanes.charts.length > 0
  const { lanes, outages, now } = frame
  const { y, height } = lanes.client
  const base = y + height - 4
  return (
    <g data-lane="client" clipPath="url(#tl-plot)">
      {!charted && <path d={ticksPath(frame, base, height - 4)} className="nf li" shapeRendering="crispEdges" />}
      {outages.map((span) => (
        <Hole key={span.from} span={span} frame={frame} />
      ))}
      {prediction && <PredictionMark prediction={prediction} frame={frame} base={base} />}
      {!charted && outages.length === 0 && frame.tracks.client.end === null && now > frame.scale.from && (
        <text x={frame.scale.left + 8} y={base - 8} className="f3">
          the probe has not run yet
        </text>
      )}
    </g>
  )
}

/** 6 px per write and tick, less where the probe writes faster. Ticks narrower than 2 px are drawn together, always the same ones. */
function ticksPath({ tracks, scale, now }: Frame, base: number, height: number): string {
  const unit = Math.min(6 * (height / 36), height / Math.max(1, tracks.client.highest()))
  const slots = Math.max(1, Math.ceil(2 / ((scale.pps * slotMs) / 1000)))
  const step = slots * slotMs
  const until = Math.min(scale.to, now, tracks.client.end ?? 0)
  let path = ''
  for (let t = Math.floor(scale.from / step) * step; t < until; t += step) {
    const { acked, known } = tracks.client.count(t, t + step)
    const x = crisp(xOf(scale, t) + 1)
    if (known === 0 || acked === 0 || x < scale.left) continue
    const tall = Math.max(1, Math.round((acked / known) * unit))
    path += `M${x} ${base}V${base - tall}`
  }
  return path
}

function Hole({ span, frame }: { span: OutageSpan; frame: Frame }) {
  const { scale, lanes, now } = frame
  const until = span.until ?? now
  const shown = onScreen(frame, span.from, until)
  if (!shown) return null
  const { x, end } = shown
  const { y, height } = lanes.client
  const width = end - x
  const from = xOf(scale, span.from) >= scale.left
  const to = span.until !== null && xOf(scale, until) <= scale.left + scale.width
  const tall = height - 4
  const lineY = crisp(y + Math.min(12, tall / 2))
  const { words, ground } = outageLayout(span, x, end, now)
  return (
    <g data-outage={span.until === null ? 'lasts' : 'ended'}>
      <rect x={x} y={y} width={width} height={tall} fill="var(--panel)" />
      <rect x={x} y={y} width={width} height={tall} fill="url(#hatch-line)" opacity=".38" />
      {from && <line x1={crisp(x)} y1={y} x2={crisp(x)} y2={y + tall} className="l-fault" />}
      {to && <line x1={crisp(end)} y1={y} x2={crisp(end)} y2={y + tall} className="l-fault" />}
      {tall >= 28 && <UnknownWrites span={span} x={x} room={width} y={y + tall - 7} visible={from} />}
      {width > 20 && (
        <>
          <path
            d={
              ground
                ? `M${x + 1} ${lineY}H${ground.x}M${ground.x + ground.width} ${lineY}H${end - 1}`
                : `M${x + 1} ${lineY}H${end - 1}`
            }
            className="nf l-fault"
          />
          {from && (
            <path d={`M${x + 8} ${lineY - 3.5}L${x + 1.5} ${lineY}L${x + 8} ${lineY + 3.5}`} className="nf l-fault" />
          )}
          {to && (
            <path
              d={`M${end - 8} ${lineY - 3.5}L${end - 1.5} ${lineY}L${end - 8} ${lineY + 3.5}`}
              className="nf l-fault"
            />
          )}
        </>
      )}
      {ground && <rect x={ground.x} y={lineY - 10.5} width={ground.width} height="20" className="k-panel" rx="2" />}
      {words.map((word) => (
        <Word key={word.text} word={word} y={lineY} />
      ))}
    </g>
  )
}

const tones = { fault: 'c-fault', ink: 'f1', unk: 'c-unk' }

function Word({ word, y }: { word: OutageWord; y: number }) {
  const { x, text, size, tone, shape } = word
  return (
    <>
      {shape && <Diamond x={x + 4} y={y} ground="none" />}
      <text x={x + (shape ? 14 : 0)} y={y + 4.5} className={`b ${tones[tone]}`} style={{ fontSize: size }}>
        {text}
      </text>
    </>
  )
}

const Diamond = ({ x, y, ground }: { x: number; y: number; ground: string }) => (
  <path d={`M${x} ${y - 4}l4 4l-4 4l-4 -4z`} fill={ground} className="l-unk" strokeWidth="1.25" />
)

/** Sent and never answered: one hollow diamond each, as far as they can be counted with the eye. */
function UnknownWrites(props: { span: OutageSpan; x: number; room: number; y: number; visible: boolean }) {
  const { span, x, room, y, visible } = props
  const shown = Math.min(span.unknown, 8)
  const width = 4 + shown * 11
  if (!visible || shown === 0 || room < width + 8) return null
  const words = 'sent, never answered'
  return (
    <>
      {Array.from({ length: shown }, (_, index) => (
        <Diamond key={index} x={x + 9 + index * 11} y={y} ground="var(--panel)" />
      ))}
      {room > width + widthOf(words) + 200 && (
        <text x={x + width + 4} y={y + 4} className="f3 kp">
          {words}
        </text>
      )}
    </>
  )
}

function PredictionMark({ prediction, frame, base }: { prediction: Prediction; frame: Frame; base: number }) {
  const { scale } = frame
  const t = prediction.at + prediction.seconds * 1000
  if (t < scale.from || t > scale.to) return null
  const x = crisp(xOf(scale, t))
  const words = `you predicted ${prediction.seconds} s`
  const width = widthOf(words)
  const room = x - 10 - Math.max(scale.left, xOf(scale, prediction.at))
  return (
    <g data-prediction={prediction.seconds}>
      <line x1={x} y1={base - 20} x2={x} y2={base} className="l-ink" strokeDasharray="2 2" />
      {room > width && (
        <>
          <rect x={x - width - 7} y={base - 13} width={width + 3} height="13" className="k-panel" />
          <text x={x - 6} y={base - 3} className="f1 end">
            {words}
          </text>
        </>
      )}
    </g>
  )
}
