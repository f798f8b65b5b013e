import type { RingView } from './scene-data.js'
import { strokeOf } from './shapes.js'

/** The lease as a ring that runs down on its holder, clockwise from the top; whole seconds in the middle, as etcd tells them. */
export function LeaseRing(props: { ring: RingView; x: number; y: number; r: number; ground?: string }) {
  const { ring, x, y, r, ground } = props
  const around = 2 * Math.PI * r
  const width = r >= 22 ? 5 : r >= 16 ? 4 : 3
  const out = r + width / 2 + 2
  const notches = [0, 90, 180, 270].map((turn) => {
    const angle = (turn * Math.PI) / 180
    return [
      x + Math.sin(angle) * out,
      y - Math.cos(angle) * out,
      x + Math.sin(angle) * (out + 3),
      y - Math.cos(angle) * (out + 3),
    ]
  })
  const large = r >= 20
  return (
    <g data-lease={ring.seconds}>
      {ground && <circle cx={x} cy={y} r={r + width / 2 + 5} fill={ground} />}
      <circle cx={x} cy={y} r={r} className="nf l2" strokeWidth={width} />
      <circle
        cx={x}
        cy={y}
        r={r}
        className={`nf ${strokeOf[ring.tone]}`}
        strokeWidth={width}
        strokeDasharray={`${(around * ring.share).toFixed(2)} ${around.toFixed(2)}`}
        transform={`rotate(-90 ${x} ${y})`}
      />
      {notches.map(([x1, y1, x2, y2]) => (
        <line key={`${x1}-${y1}`} x1={x1} y1={y1} x2={x2} y2={y2} className="l3" />
      ))}
      <text x={x} y={y + (large ? 4 : 4.5)} className={`mid b f1 ${large ? 's15' : r >= 14 ? 's13' : ''}`}>
        {ring.seconds}
      </text>
      {large && (
        <text x={x} y={y + 16} className="mid f2">
          s
        </text>
      )}
    </g>
  )
}
