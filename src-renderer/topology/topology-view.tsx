import { useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type PointerEvent } from 'react'
import { EtcdBus, Quorum } from './etcd-bus.js'
import { Fork } from './fork.js'
import { ClientBox, HostBox } from './host-box.js'
import type { TopologyLayout } from './layout.js'
import { Links } from './links.js'
import type { Scene } from './scene.js'
import '../timeline/picture.css'
import './topology.css'

export interface TopologyViewProps {
  scene: Scene
  layout: TopologyLayout
  /** Size of the panel, which the layout may exceed: then it is drawn smaller. */
  width: number
  height: number
  /** What the whole picture says, for those who can't see it. */
  label: string
  /** The state is older than it should be: nothing in it is the present. */
  old: boolean
  /** Asks for the menu of a host, at a place of the window. */
  onMenu: (host: string, at: { x: number; y: number }) => void
}

interface Tip {
  words: string
  x: number
  y: number
}

/** The picture of the cluster. Boxes stay where the topology's author put them; only what is said in them changes. */
export function TopologyView({ scene, layout, width, height, label, old, onMenu }: TopologyViewProps) {
  const [tip, setTip] = useState<Tip | null>(null)
  const svg = useRef<SVGSVGElement>(null)
  const { hosts, sizes } = layout
  const order = useMemo(() => inOrder(layout), [layout])
  const [current, setCurrent] = useState(0)

  const explain = (event: PointerEvent<SVGSVGElement>) => {
    const words = (event.target as Element).closest('[data-explain]')?.getAttribute('data-explain')
    const box = event.currentTarget.parentElement!.getBoundingClientRect()
    setTip(words ? { words, x: event.clientX - box.left, y: event.clientY - box.top } : null)
  }
  const menuAt = (host: string, element: Element) => {
    const box = element.getBoundingClientRect()
    onMenu(host, { x: box.left + Math.min(24, box.width / 2), y: box.top + Math.min(36, box.height) })
  }
  const onContextMenu = (event: MouseEvent<SVGSVGElement>) => {
    const host = (event.target as Element).closest('[data-host]')?.getAttribute('data-host')
    if (!host) return
    event.preventDefault()
    setTip(null)
    onMenu(host, { x: event.clientX, y: event.clientY })
  }
  const onKeyDown = (event: KeyboardEvent<SVGSVGElement>) => {
    const element = (event.target as Element).closest('[data-host]')
    const host = element?.getAttribute('data-host')
    if (!element || !host) return
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      const next = (order.indexOf(host) + step + order.length) % order.length
      setCurrent(next)
      svg.current?.querySelector<SVGGElement>(`[data-host="${order[next]}"]`)?.focus()
    } else if (['Enter', ' ', 'ContextMenu'].includes(event.key) || (event.key === 'F10' && event.shiftKey)) {
      event.preventDefault()
      menuAt(host, element)
    }
  }
  return (
    <>
      <svg
        ref={svg}
        className={`pic topo-picture${old ? ' topo-old' : ''}`}
        width={width}
        height={height}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        role="group"
        aria-label={label}
        onPointerMove={explain}
        onPointerLeave={() => setTip(null)}
        onContextMenu={onContextMenu}
        onKeyDown={onKeyDown}
      >
        <Links links={scene.links} layout={layout} writes={scene.client.writes ?? 0} />
        <g data-explain={scene.client.explain} data-client>
          <ClientBox facts={scene.client.facts} box={layout.client} sizes={sizes} />
        </g>
        {scene.hosts.map((card) => {
          const box = hosts[card.name]
          if (!box) return null
          return (
            <g
              key={card.name}
              data-host={card.name}
              data-role={card.role}
              data-explain={card.ring ? `${card.explain} ${card.ring.explain}` : card.explain}
              tabIndex={order[current] === card.name ? 0 : -1}
              role="button"
              aria-haspopup="menu"
              aria-label={card.ring ? `${card.explain} It holds the leader key.` : card.explain}
              onFocus={() => setCurrent(order.indexOf(card.name))}
              data-panel-focus={order[current] === card.name ? '' : undefined}
            >
              <HostBox card={card} box={box} sizes={sizes} />
            </g>
          )
        })}
        {scene.quorum && <EtcdBus quorum={scene.quorum} layout={layout} />}
        {scene.quorum && layout.quorum && <Quorum quorum={scene.quorum} box={layout.quorum} />}
        {scene.fork && layout.fork && <Fork fork={scene.fork} box={layout.fork} />}
      </svg>
      {tip && (
        <div
          className="pic-tip"
          aria-hidden="true"
          style={{
            ...(tip.x > width - 340 ? { right: width - tip.x + 8 } : { left: tip.x + 12 }),
            ...(tip.y > height - 90 ? { bottom: height - tip.y + 8 } : { top: tip.y + 16 }),
          }}
        >
          {tip.words}
        </div>
      )}
    </>
  )
}

/** Hosts as a reader goes: column by column, from the top. */
function inOrder({ hosts }: TopologyLayout): string[] {
  return Object.entries(hosts)
    .toSorted(([, a], [, b]) => a.x - b.x || a.y - b.y)
    .map(([name]) => name)
}
