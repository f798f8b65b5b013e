import { useMemo, useRef, useState, type FocusEvent, type KeyboardEvent } from 'react'
import { routeOf } from './routes.js'
import type { TopologyLayout } from './places.js'
import { fanOf, linkId } from './links.js'
import type { Scene } from './scene.js'

export interface PartProps {
  'data-part': string
  'data-explain': string
  'data-panel-focus': '' | undefined
  tabIndex: number
  'aria-label': string
  role: 'img' | 'button'
}

/** Makes a part of the picture reachable: what the pointer learns there, the keyboard learns as well. */
export type PartOf = (id: string, explain: string, role?: PartProps['role']) => PartProps

const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }

/**
 * One stop of the Tab key for the whole picture; inside it left and right go from host to host, up and down through
 * everything, as a reader goes: from the left, then from the top.
 */
export function useParts(scene: Scene, layout: TopologyLayout) {
  const order = useMemo(() => inOrder(scene, layout), [scene, layout])
  const [chosen, setChosen] = useState<string | null>(null)
  const picture = useRef<SVGSVGElement>(null)
  // a link may go while it has the keyboard's place: the first host is always there
  const current = chosen && order.includes(chosen) ? chosen : (order.find(isHost) ?? order[0])
  const partOf: PartOf = (id, explain, role = 'img') => ({
    'data-part': id,
    'data-explain': explain,
    'data-panel-focus': id === current ? '' : undefined,
    tabIndex: id === current ? 0 : -1,
    'aria-label': explain,
    role,
  })
  const onFocus = ({ target }: FocusEvent<SVGSVGElement>): void => {
    const id = target.closest('[data-part]')?.getAttribute('data-part')
    if (id) setChosen(id)
  }
  /** True when the key moved the keyboard's place. */
  const onArrow = (event: KeyboardEvent<SVGSVGElement>): boolean => {
    const step = steps[event.key]
    const id = (event.target as Element).closest('[data-part]')?.getAttribute('data-part')
    if (step === undefined || !id) return false
    event.preventDefault()
    const sideways = event.key === 'ArrowRight' || event.key === 'ArrowLeft'
    const ring = sideways ? order.filter((each) => isHost(each) || each === id) : order
    const next = ring[(ring.indexOf(id) + step + ring.length) % ring.length]!
    picture.current?.querySelector<SVGGElement>(`[data-part="${CSS.escape(next)}"]`)?.focus()
    return true
  }
  return { partOf, onFocus, onArrow, picture }
}

const isHost = (id: string): boolean => id.startsWith('host ')

function inOrder(
  { hosts, links, quorum, siteEtcd, fork, faults, violations }: Scene,
  layout: TopologyLayout,
): string[] {
  const places: { id: string; x: number; y: number }[] = [{ id: 'client', ...layout.client }]
  for (const { name } of hosts) if (layout.hosts[name]) places.push({ id: `host ${name}`, ...layout.hosts[name] })
  for (const link of links) {
    const route = routeOf(link, layout, fanOf(link, links, layout))
    if (route) places.push({ id: linkId(link), x: route.cut.x, y: route.cut.y })
  }
  for (const { site, members } of siteEtcd) {
    const box = layout.hosts[members[0] ?? '']
    if (box) places.push({ id: `etcd ${site}`, x: box.x - 1, y: box.y })
  }
  if (quorum && layout.busX !== null) places.push({ id: 'etcd', x: layout.busX, y: 0 })
  if (quorum && layout.quorum) places.push({ id: 'quorum', ...layout.quorum })
  if (fork && layout.fork) places.push({ id: 'timelines', ...layout.fork })
  if (faults.length + violations.length > 0 && layout.faults) places.push({ id: 'faults', ...layout.faults })
  return places.toSorted((a, b) => a.x - b.x || a.y - b.y).map(({ id }) => id)
}
