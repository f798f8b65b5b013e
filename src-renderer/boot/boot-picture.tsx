import { useLayoutEffect, useRef, useState } from 'react'
import type { BootProgress, LabInfo } from '../../src-main/contract/lab.js'
import { Icon, type IconName } from '../ui/icons.js'
import { placesOf, linksOf, routeOf, type Box, type Link } from './boot-layout.js'

type BootHost = BootProgress['hosts'][number]
type HostLook = 'absent' | 'coming' | 'up' | 'failed'

const lookOf = (host: BootHost): HostLook => {
  if (host.container === 'exited' || host.services.some(({ state }) => state === 'failed')) return 'failed'
  if (host.container !== 'running') return 'absent'
  return host.services.every(({ state }) => state === 'up') ? 'up' : 'coming'
}

const serviceIcons: Record<BootHost['services'][number]['state'], IconName> = {
  absent: 'idle',
  starting: 'waiting',
  up: 'pass',
  failed: 'fail',
}

/** The topology assembling, host by host, as the engine and the services report it. */
export function BootPicture({ progress, info }: { progress: BootProgress; info: LabInfo | null }) {
  const frame = useRef<HTMLDivElement>(null)
  const columns = placesOf(progress.hosts, info)
  // the places come a moment after the hosts, and with them other boxes
  const boxes = useBoxes(frame, columns.map((column) => column.map(({ name }) => name).join()).join(' '))
  const writes = progress.phases.find(({ phase }) => phase === 'write')
  const links = linksOf(progress, columns)
  const up = progress.hosts.filter((host) => lookOf(host) === 'up').length
  return (
    <section className="panel boot-picture" aria-label="Topology">
      <header className="panel-head">
        <h2>Topology</h2>
        <span className="panel-note" role="status">
          {up} of {progress.hosts.length} hosts are up
        </span>
      </header>
      <div className="boot-map" ref={frame} data-columns={columns.length}>
        {/* the way of the WAL may lead past other hosts: it runs under them */}
        {[links.filter(isArchive), links.filter((link) => !isArchive(link))].map((layer, index) => (
          <svg
            key={index}
            className="boot-links"
            data-under={index === 0}
            width="100%"
            height="100%"
            aria-hidden="true"
          >
            {layer.map((link) => (
              <LinkView key={`${link.kind}-${link.from}-${link.to}`} link={link} boxes={boxes} />
            ))}
          </svg>
        ))}
        <div className="boot-column">
          <div className="boot-host" data-host="client" data-look={writes?.state === 'done' ? 'up' : 'absent'}>
            <h3 className="mono">client</h3>
            <p className="mono t1">
              {writes?.state === 'done'
                ? 'a write committed'
                : writes?.state === 'running'
                  ? 'tries a write'
                  : 'starts last'}
            </p>
          </div>
        </div>
        {columns.map((column) => (
          <div
            className="boot-column"
            key={column.map(({ name }) => name).join()}
            data-wide={column.some(({ services }) => services.length > 2)}
          >
            {column.map((host) => (
              <HostBox key={host.name} host={host} info={info} />
            ))}
          </div>
        ))}
      </div>
    </section>
  )
}

function HostBox({ host, info }: { host: BootHost; info: LabInfo | null }) {
  const look = lookOf(host)
  const about = info?.spec.hosts[host.name]?.about
  const planned = info?.hosts.find(({ name }) => name === host.name)?.address
  const address = planned?.startsWith('0.') ? undefined : planned // its network is not chosen yet
  return (
    <div className="boot-host" data-host={host.name} data-look={look} title={about}>
      <div className="boot-host-head">
        <h3 className="mono">{host.name}</h3>
        {look === 'failed' ? (
          <span className="mono strong boot-host-failed">
            <Icon name="fail" size={12} /> {host.container === 'exited' ? 'HOST EXITED' : 'FAILED'}
          </span>
        ) : (
          <span className="mono t1 ink3">{address}</span>
        )}
      </div>
      <ul className="mono t1">
        {host.services.map((service) => (
          <li key={service.service} data-service={service.service} data-state={service.state}>
            <Icon
              name={serviceIcons[service.state]}
              size={14}
              className={service.state === 'starting' ? 'shape-waiting' : ''}
            />
            <span>{service.service}</span>
            <span className="boot-detail" title={service.detail}>
              {service.detail}
              <span className="sr-only"> {service.state}</span>
            </span>
          </li>
        ))}
      </ul>
      {about && <p className="t1 ink3 boot-about">{about}</p>}
    </div>
  )
}

const strokes: Record<Link['kind'], string> = {
  client: 'var(--line3)',
  route: 'var(--line3)',
  etcd: 'var(--etcd)',
  stream: 'var(--ink)',
  archive: 'var(--line3)',
}

function LinkView({ link, boxes }: { link: Link; boxes: Record<string, Box> }) {
  const from = boxes[link.from]
  const to = boxes[link.to]
  if (!from || !to) return null
  const { d, end } = routeOf(link, from, to)
  const stroke = link.on ? strokes[link.kind] : 'var(--line2)'
  return (
    <>
      <path
        d={d}
        fill="none"
        stroke={stroke}
        strokeWidth={link.on ? 1.5 : 1}
        strokeDasharray={link.on ? undefined : '4 4'}
      />
      {link.kind === 'etcd' &&
        [end.from, end.to].map((point, index) => (
          <circle
            key={index}
            cx={point.x}
            cy={point.y}
            r="5"
            fill={link.on ? 'var(--etcd)' : 'var(--panel)'}
            stroke={link.on ? 'var(--etcd)' : 'var(--line3)'}
            strokeWidth="1.5"
            strokeDasharray={link.on ? undefined : '2 2'}
          />
        ))}
    </>
  )
}

const isArchive = ({ kind }: Link): boolean => kind === 'archive'

/** Where each host's box lies, measured: the boxes are laid out by CSS, the links follow them. */
function useBoxes(frame: React.RefObject<HTMLDivElement | null>, places: string): Record<string, Box> {
  const [boxes, setBoxes] = useState<Record<string, Box>>({})
  useLayoutEffect(() => {
    const element = frame.current
    if (!element) return
    const measure = (): void => {
      const origin = element.getBoundingClientRect()
      const found = [...element.querySelectorAll<HTMLElement>('[data-host]')].map((box): [string, Box] => {
        const { left, top, width, height } = box.getBoundingClientRect()
        const rows = [...box.querySelectorAll<HTMLElement>('[data-service]')].map((row): [string, number] => {
          const at = row.getBoundingClientRect()
          return [row.dataset.service!, at.top + at.height / 2 - origin.top]
        })
        return [
          box.dataset.host!,
          { x: left - origin.left, y: top - origin.top, width, height, rows: Object.fromEntries(rows) },
        ]
      })
      setBoxes(Object.fromEntries(found))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    for (const box of element.querySelectorAll('[data-host]')) observer.observe(box)
    return () => observer.disconnect()
  }, [frame, places])
  return boxes
}
