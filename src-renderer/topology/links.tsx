import { fitted, widthOf } from '../timeline/words.js'
import type { TopologyLayout } from './places.js'
import { routeOf, type Fan, type Route } from './routes.js'
import type { LinkView } from './scene-links.js'
import type { PartOf } from './use-parts.js'
import { CutMark, fillOf, strokeOf } from './shapes.js'

/** All links; those that nothing passes first, so that living ones lie over them. */
export function Links({
  links,
  layout,
  writes,
  partOf,
}: {
  links: readonly LinkView[]
  layout: TopologyLayout
  writes: number
  partOf: PartOf
}) {
  const order = { cut: 0, ready: 1, stalled: 2, flows: 3 }
  return links
    .toSorted((a, b) => order[a.state] - order[b.state])
    .map((link) => {
      const route = routeOf(link, layout, fanOf(link, links, layout))
      if (!route) return null
      return (
        <g key={linkId(link)} {...partOf(linkId(link), link.explain)} data-link={link.kind} data-state={link.state}>
          <path d={route.path} className="hit nf" />
          <Link link={link} route={route} writes={writes} />
          {route.words && <Words link={link} words={route.words} />}
        </g>
      )
    })
}

export const linkId = ({ kind, from, to }: LinkView): string => `${kind} ${from} ${to}`

export function fanOf(link: LinkView, links: readonly LinkView[], layout: TopologyLayout): Fan {
  const siblings = links
    .filter(({ kind, from }) => kind === link.kind && from === link.from)
    .toSorted((a, b) => (layout.hosts[a.to]?.y ?? 0) - (layout.hosts[b.to]?.y ?? 0))
  return { index: siblings.indexOf(link), count: siblings.length }
}

const lineOf: Record<LinkView['kind'], string> = { client: 'l3', entry: 'l2', route: 'l3', archive: 'l3', stream: '' }

function Link({ link, route, writes }: { link: LinkView; route: Route; writes: number }) {
  const { kind, state, tone } = link
  const cut = state === 'cut'
  const stream = kind === 'stream'
  const line = stream ? strokeOf[tone] : cut && kind !== 'archive' ? 'l-fault' : lineOf[kind]
  const faint = kind === 'route' && state === 'ready' && tone === 'ink3'
  const dash = stream ? (state === 'flows' ? undefined : '4 3') : cut ? '3 3' : undefined
  const writing = state === 'flows' && !stream
  return (
    <>
      <path
        d={route.path}
        className={`nf ${faint ? 'l2' : line}`}
        strokeWidth={stream ? 1.5 : 1}
        strokeDasharray={dash}
      />
      {writing && (
        <path d={route.flow} className="nf l-ink topo-writes" style={{ animationDuration: flowSeconds(writes) }} />
      )}
      {!cut && !faint && <Arrow end={route.end} className={stream ? fillOf[tone] : 'f2'} />}
      {cut && <CutMark {...route.cut} way={link.cut?.way} />}
    </>
  )
}

/** One bar goes its way of 10 px in the time of 32 writes: more writes, faster bars. */
const flowSeconds = (writes: number): string => `${Math.min(6, Math.max(0.4, 32 / Math.max(1, writes))).toFixed(2)}s`

const arrows = {
  right: (x: number, y: number) => `M${x - 7} ${y - 4.5}l7 4.5l-7 4.5z`,
  left: (x: number, y: number) => `M${x + 7} ${y - 4.5}l-7 4.5l7 4.5z`,
  down: (x: number, y: number) => `M${x - 4.5} ${y - 7}l4.5 7l4.5 -7z`,
  up: (x: number, y: number) => `M${x - 4.5} ${y + 7}l4.5 -7l4.5 7z`,
}

const Arrow = ({ end, className }: { end: Route['end']; className: string }) => (
  <path d={arrows[end.pointing](end.x, end.y)} className={className} />
)

function Words({ link, words }: { link: LinkView; words: NonNullable<Route['words']> }) {
  const { x, y, room, lines, anchor } = words
  if (lines === 0) return null
  const at = anchor === 'middle' ? 'mid ' : anchor === 'end' ? 'end ' : ''
  if (link.kind === 'archive') {
    const short = [link.words, link.short ?? ''].find((each) => widthOf(each) <= room)
    return short ? (
      <text x={x} y={y} className={`${at}${link.cut ? 'c-fault' : 'f3'}`}>
        {short}
      </text>
    ) : null
  }
  const ink = fillOf[link.tone]
  const main = widthOf(link.words) <= room ? link.words : fitted(link.short ?? link.words, room)
  if (lines === 1) {
    const both = `${link.words}, ${link.why}`
    return (
      <text x={x} y={y + 4} className={`${at}${ink}`}>
        {widthOf(both) <= room ? both : main}
      </text>
    )
  }
  return (
    <>
      <text x={x} y={y - 3} className={ink}>
        {main}
      </text>
      <text x={x} y={y + 11} className="f3">
        {fitted(link.why, room)}
      </text>
    </>
  )
}
