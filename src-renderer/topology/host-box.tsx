import type { SVGProps } from 'react'
import { fitted, widthOf } from '../timeline/words.js'
import type { Box, BoxSizes } from './places.js'
import { LeaseRing } from './lease-ring.js'
import type { Fact } from './scene-base.js'
import type { HostCard } from './scene-hosts.js'
import { fillOf, RoleShape, strokeOf } from './shapes.js'

const hatched = 'var(--fault-f)'

/** A host: name, shape and role, timeline; under them as many facts as there is room for. */
export function HostBox({ card, box, sizes }: { card: HostCard; box: Box; sizes: BoxSizes }) {
  const { x, y, width, height } = box
  const gone = card.role === 'down' || card.role === 'frozen'
  const ko = gone ? ' ko' : ''
  const roomy = sizes.pitch >= 18
  const pad = width < 150 ? 9 : roomy ? 16 : 12
  const leads = card.role === 'leader'
  const baseline = y + baselineOf(sizes)
  const divided = card.kind === 'data' || card.kind === 'route' || gone
  const ring = card.ring && height - sizes.header >= 36 ? card.ring : null
  const r = ring ? Math.min(24, Math.floor((height - sizes.header - 20) / 2), width < 230 ? 17 : 24) : 0
  const ringRoom = ring ? (r >= 22 ? 96 : r * 2 + 26) : 0
  return (
    <>
      <Frame
        box={box}
        className={`${edgeOf(card)} box`}
        fill={gone ? 'url(#hatch-wide)' : card.role === 'unknown' ? 'var(--panel)' : 'var(--raise)'}
        strokeWidth={leads ? 1.5 : 1}
        strokeDasharray={card.role === 'unknown' ? '4 4' : undefined}
      />
      <Header card={card} x={x + pad} end={x + width - pad} y={baseline} ko={ko} />
      {divided && (
        <line
          x1={x + 1}
          y1={y + sizes.header + 0.5}
          x2={x + width - 1}
          y2={y + sizes.header + 0.5}
          className={gone ? 'l-fault' : 'l1'}
          opacity={gone ? 0.35 : 1}
        />
      )}
      {ring && (
        <LeaseRing
          ring={ring}
          x={x + pad + (r >= 22 ? 32 : r + 8)}
          y={y + sizes.header + (height - sizes.header) / 2}
          r={r}
          {...(gone ? { ground: hatched } : {})}
        />
      )}
      <Facts
        facts={card.facts}
        x={x + pad + ringRoom - (ring ? pad - 8 : 0)}
        end={x + width - pad}
        top={y + sizes.header}
        bottom={y + height}
        pitch={sizes.pitch}
        ko={ko}
        centred={ring !== null}
        divided={divided}
      />
    </>
  )
}

function edgeOf(card: HostCard): string {
  if (card.role === 'leader' || card.role === 'down' || card.role === 'frozen') return strokeOf[card.tone]
  return card.role === 'starting' ? 'l-ink' : card.role === 'unknown' ? 'l3' : 'l2'
}

function Header(props: { card: HostCard; x: number; end: number; y: number; ko: string }) {
  const { card, x, end, y, ko } = props
  const nameEnd = x + widthOf(card.name, 13)
  const room = end - nameEnd
  const shape = card.word !== null
  // the right end gives way first, then the word gets shorter; the shape stays
  const away = card.role === 'down' || card.role === 'frozen'
  const right = [
    card.right,
    card.right.replace('timeline', 'tl'),
    card.right.split('.').length === 4 || away ? '' : null,
  ]
  const rightSize = card.rightTone === 'ink' ? 13 : 11
  const fits = (word: string, value: string): boolean =>
    (word ? 12 + 20 + widthOf(word, 13) : shape ? 30 : 0) + (value ? widthOf(value, rightSize) + 12 : 0) <= room
  const words = card.word ? [card.word, shortWord(card.word), ''] : ['']
  const options = words
    .flatMap((word) => right.filter((each) => each !== null).map((value) => ({ word, value })))
    // beside boxes whose word had room, one without says its timeline as they do
    .filter(({ word, value }) => word || !shape || !value.startsWith('timeline'))
  const { word, value } = options.find((each) => fits(each.word, each.value)) ?? { word: '', value: '' }
  return (
    <>
      <text x={x} y={y} className={`s13 b f1${ko}`}>
        {card.name}
      </text>
      {shape && <RoleShape role={card.role} x={nameEnd + 12} y={y} />}
      {word && (
        <text x={nameEnd + 32} y={y} className={`s13 b ${fillOf[card.tone]}${ko}`}>
          {word}
        </text>
      )}
      {value && (
        <text x={end} y={y} className={`end ${rightSize === 13 ? 's13 b f1' : 'f3'}${ko}`}>
          {value}
        </text>
      )}
    </>
  )
}

const shortWord = (word: string): string =>
  ({ 'SYNC STANDBY': 'SYNC', 'HOST DOWN': 'DOWN', STARTING: 'STARTS' })[word] ?? word

interface FactsProps {
  facts: Fact[]
  x: number
  end: number
  top: number
  bottom: number
  pitch: number
  ko: string
  centred: boolean
  divided: boolean
}

function Facts({ facts, x, end, top, bottom, pitch, ko, centred, divided }: FactsProps) {
  const room = bottom - top
  const most = Math.max(1, Math.floor((room - (divided ? 10 : 2)) / pitch))
  const shown = facts.slice(0, most)
  const used = shown.length * pitch
  const air = Math.max(0, room - used)
  // beside the ring in the middle, else from the top with as much air as below
  const first = top + (centred || !divided ? air / 2 : Math.min(air / 2, 10)) + pitch * 0.5 + 4 - (divided ? 0 : 2)
  return (
    <>
      {shown.map((fact, index) => {
        const y = Math.round(first + index * pitch)
        const valueWidth = fact.value ? widthOf(fact.value) + 8 : 0
        const room = end + (fact.value ? 0 : 8) - x - valueWidth
        const text = widthOf(fact.text) <= room || !fact.short ? fitted(fact.text, room) : fitted(fact.short, room)
        return (
          <g key={`${index}-${fact.text}`}>
            <text x={x} y={y} className={`${fillOf[fact.tone]}${ko}`}>
              {text}
            </text>
            {fact.value && (
              <text x={end} y={y} className={`end ${fillOf[fact.valueTone ?? fact.tone]}${ko}`}>
                {fitted(fact.value, end - x - widthOf(text) - 8)}
              </text>
            )}
          </g>
        )
      })}
    </>
  )
}

/** Where a header's words stand, in pixels under the top of its box. */
const baselineOf = ({ header }: BoxSizes): number => (header >= 30 ? 23 : header >= 26 ? 18 : 16)

/** The outline of a box; its line lies on half pixels, so that it is sharp. */
function Frame({ box: { x, y, width, height }, ...look }: { box: Box } & SVGProps<SVGRectElement>) {
  return <rect x={x + 0.5} y={y + 0.5} width={width - 1} height={height - 1} rx="6" {...look} />
}

/** The probe on the client's route. */
export function ClientBox({ facts, box, sizes }: { facts: Fact[]; box: Box; sizes: BoxSizes }) {
  const { x, y, width, height } = box
  const pad = width < 110 ? 9 : 16
  const baseline = y + baselineOf(sizes)
  return (
    <>
      <Frame box={box} className="l2 box" fill="var(--raise)" />
      <text x={x + pad} y={baseline} className="s13 b f1">
        client
      </text>
      <Facts
        facts={facts}
        x={x + pad}
        end={x + width - 12}
        top={y + sizes.header}
        bottom={y + height}
        pitch={sizes.pitch}
        ko=""
        centred={false}
        divided={false}
      />
    </>
  )
}
