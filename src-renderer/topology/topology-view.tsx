import { useState, type FocusEvent, type KeyboardEvent, type MouseEvent, type PointerEvent } from 'react'
import { EtcdBus, Quorum, SiteBus } from './etcd-bus.js'
import { FaultKey } from './fault-key.js'
import { Fork } from './fork.js'
import { ClientBox, HostBox } from './host-box.js'
import type { TopologyLayout } from './places.js'
import { Links } from './links.js'
import type { Scene } from './scene.js'
import { useParts } from './use-parts.js'
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
  /** Top and bottom of what it explains; the pointer has no height. */
  top: number
  bottom: number
}

/** The picture of the cluster. Boxes stay where the topology's author put them; only what is said in them changes. */
export function TopologyView({ scene, layout, width, height, label, old, onMenu }: TopologyViewProps) {
  const [tip, setTip] = useState<Tip | null>(null)
  const { hosts, sizes } = layout
  const broken = brokenWords(scene)
  const { partOf, onFocus, onArrow, picture } = useParts(scene, layout)

  const explain = (event: PointerEvent<SVGSVGElement>) => {
    const words = (event.target as Element).closest('[data-explain]')?.getAttribute('data-explain')
    const box = event.currentTarget.parentElement!.getBoundingClientRect()
    const y = event.clientY - box.top
    setTip(words ? { words, x: event.clientX - box.left, top: y, bottom: y } : null)
  }
  const explainFocused = (event: FocusEvent<SVGSVGElement>) => {
    onFocus(event)
    const words = event.target.getAttribute('data-explain')
    // a press has its own tip, under the pointer
    if (!words || !event.target.matches(':focus-visible')) return
    const box = event.currentTarget.parentElement!.getBoundingClientRect()
    const part = event.target.getBoundingClientRect()
    const x = part.left - box.left + Math.min(24, part.width / 2)
    setTip({ words, x, top: part.top - box.top, bottom: part.bottom - box.top })
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
    if (onArrow(event)) return
    if (event.key === 'Escape') setTip(null)
    const element = (event.target as Element).closest('[data-host]')
    const host = element?.getAttribute('data-host')
    if (!element || !host) return
    if (['Enter', ' ', 'ContextMenu'].includes(event.key) || (event.key === 'F10' && event.shiftKey)) {
      event.preventDefault()
      menuAt(host, element)
    }
  }
  return (
    <>
      <svg
        ref={picture}
        className={`pic topo-picture${old ? ' topo-old' : ''}`}
        width={width}
        height={height}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        role="group"
        aria-label={label}
        onFocus={explainFocused}
        onBlur={() => setTip(null)}
        onPointerMove={explain}
        onPointerLeave={() => setTip(null)}
        onContextMenu={onContextMenu}
        onKeyDown={onKeyDown}
      >
        {layout.frames.map(({ words, box: { x, y, width, height } }) => (
          <g key={words} data-site={words}>
            <rect
              x={x + 0.5}
              y={y + 0.5}
              width={width - 1}
              height={height - 1}
              rx="8"
              className="nf l2"
              strokeDasharray="4 4"
            />
            <text x={x + 10} y={y + 13} className="f3">
              {words}
            </text>
          </g>
        ))}
        <Links links={scene.links} layout={layout} writes={scene.client.writes ?? 0} partOf={partOf} />
        <g {...partOf('client', scene.client.explain)} data-client>
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
              {...partOf(
                `host ${card.name}`,
                card.ring ? `${card.explain} ${card.ring.explain}` : card.explain,
                'button',
              )}
              aria-haspopup="menu"
            >
              <HostBox card={card} box={box} sizes={sizes} />
            </g>
          )
        })}
        {scene.siteEtcd.map((etcd) => (
          <g key={etcd.site} {...partOf(`etcd ${etcd.site}`, etcd.explain)}>
            <SiteBus etcd={etcd} layout={layout} />
          </g>
        ))}
        {scene.quorum && layout.busX !== null && (
          <g {...partOf('etcd', scene.quorum.explain)} data-bus>
            <EtcdBus quorum={scene.quorum} layout={layout} />
          </g>
        )}
        {scene.quorum && layout.quorum && (
          <g {...partOf('quorum', scene.quorum.explain)}>
            <Quorum quorum={scene.quorum} box={layout.quorum} />
          </g>
        )}
        {broken && layout.faults && (
          <g {...partOf('faults', broken)} data-faults>
            <FaultKey faults={scene.faults} violations={scene.violations} box={layout.faults} />
          </g>
        )}
        {scene.fork && layout.fork && (
          <g {...partOf('timelines', scene.fork.explain)} data-fork>
            <Fork fork={scene.fork} box={layout.fork} />
          </g>
        )}
      </svg>
      {tip && (
        <div
          className="pic-tip"
          aria-hidden="true"
          style={{
            ...(tip.x > width - 340 ? { right: width - tip.x + 8 } : { left: tip.x + 12 }),
            ...(tip.bottom > height - 90
              ? { bottom: height - tip.top + 8 }
              : { top: tip.bottom + (tip.top === tip.bottom ? 16 : 6) }),
          }}
        >
          {tip.words}
        </div>
      )}
    </>
  )
}

/** What is broken, in sentences; empty when nothing is. */
const brokenWords = ({ violations, faults }: Scene): string =>
  [
    ...violations.map(({ words }) => `A safety rule was broken: ${words}.`),
    ...faults.map(({ explain }) => explain),
  ].join(' ')
