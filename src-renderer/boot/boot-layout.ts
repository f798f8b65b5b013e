import type { BootProgress, LabInfo } from '../../src-main/contract/lab.js'

type BootHost = BootProgress['hosts'][number]

export interface Box {
  x: number
  y: number
  width: number
  height: number
  /** Height of each service's row, from the top of the picture: a link ends at the service that it is for. */
  rows?: Record<string, number>
}

const has = (host: BootHost, service: string): boolean => host.services.some((each) => each.service === service)
const isUp = (host: BootHost | undefined, service: string): boolean =>
  host?.services.some((each) => each.service === service && each.state === 'up') ?? false

/**
 * Hosts by column, left to right, each column top to bottom: the places that the topology's author gave. Until they
 * are known (the lab is still being planned) by what runs there: routes, then data, then the rest.
 */
export function placesOf(hosts: BootHost[], info: LabInfo | null): BootHost[][] {
  const at = (host: BootHost): [number, number] => {
    const given = info?.hosts.find(({ name }) => name === host.name)?.at
    if (given) return given
    return [has(host, 'haproxy') ? 1 : has(host, 'patroni') ? 2 : 3, 0]
  }
  const columns = [...new Set(hosts.map((host) => at(host)[0]))].toSorted((a, b) => a - b)
  return columns.map((column) => hosts.filter((host) => at(host)[0] === column).toSorted((a, b) => at(a)[1] - at(b)[1]))
}

export interface Link {
  kind: 'client' | 'route' | 'etcd' | 'stream' | 'archive'
  from: string
  to: string
  /** Seen to work, as far as the boot has seen it; otherwise it is drawn as not there yet. */
  on: boolean
}

export function linksOf(progress: BootProgress, columns: BootHost[][]): Link[] {
  const hosts = columns.flat()
  const done = (phase: string): boolean => progress.phases.some((each) => each.phase === phase && each.state === 'done')
  const data = hosts.filter((host) => has(host, 'patroni'))
  const routes = hosts.filter((host) => has(host, 'haproxy'))
  const voters = hosts.filter((host) => has(host, 'etcd'))
  const repositories = hosts.filter((host) => has(host, 'pgbackrest') && !has(host, 'patroni'))
  const entry = routes[0] ?? data[0]
  const links: Link[] = []
  if (entry) links.push({ kind: 'client', from: 'client', to: entry.name, on: done('write') })
  for (const route of routes) {
    for (const host of data) {
      links.push({
        kind: 'route',
        from: route.name,
        to: host.name,
        on: isUp(route, 'haproxy') && isUp(host, 'patroni'),
      })
    }
  }
  const hub = voters.find((host) => !has(host, 'patroni')) ?? voters[0]
  for (const voter of voters) {
    if (!hub || voter === hub) continue
    // one that stands under the hub meets the one above it: a line to the hub would cross who is between
    const above = columns
      .find((column) => column.includes(hub) && column.includes(voter))
      ?.filter((each) => has(each, 'etcd'))
    const to = above?.[above.indexOf(voter) - 1] ?? hub
    links.push({ kind: 'etcd', from: voter.name, to: to.name, on: isUp(voter, 'etcd') && isUp(to, 'etcd') })
  }
  for (const [index, host] of data.entries()) {
    const below = data[index + 1]
    if (below) links.push({ kind: 'stream', from: host.name, to: below.name, on: done('standby') })
  }
  const archiver = data.at(-1)
  for (const repository of archiver ? repositories : []) {
    links.push({
      kind: 'archive',
      from: archiver!.name,
      to: repository.name,
      on: done('backup') || isUp(repository, 'pgbackrest'),
    })
  }
  return links
}

type Point = { x: number; y: number }

/** The way of a link between two boxes: straight in a column, one corner pair between columns; on half pixels. */
export function routeOf(link: Link, from: Box, to: Box): { d: string; end: { from: Point; to: Point } } {
  const half = (value: number): number => Math.round(value) + 0.5
  const sameColumn = Math.abs(from.x + from.width / 2 - (to.x + to.width / 2)) < Math.max(from.width, to.width) / 2
  if (sameColumn) {
    const [upper, lower] = from.y < to.y ? [from, to] : [to, from]
    const x = half(upper.x + upper.width / 2)
    const end = { from: { x, y: upper.y + upper.height }, to: { x, y: lower.y } }
    return { d: `M${x} ${end.from.y}V${end.to.y}`, end }
  }
  // a link ends at its service's row, and each kind turns at a place of its own: two links never lie on each other
  const service = { client: null, route: 'patroni', etcd: 'etcd', stream: null, archive: 'pgbackrest' }[link.kind]
  const level = (box: Box): number => half((service ? box.rows?.[service] : undefined) ?? box.y + box.height / 2)
  const a = { x: Math.round(from.x + from.width), y: level(from) }
  const b = { x: Math.round(to.x), y: level(to) }
  const middle = (a.x + b.x) / 2
  const turn = half({ client: middle, route: middle, etcd: middle - 8, stream: middle, archive: b.x - 20 }[link.kind])
  return { d: `M${a.x} ${a.y}H${turn}V${b.y}H${b.x}`, end: { from: a, to: b } }
}
