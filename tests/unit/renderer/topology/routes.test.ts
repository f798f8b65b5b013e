import { describe, expect, test } from 'vitest'
import type { LabInfo } from '../../../../src-main/contract/lab.js'
import { layoutTopology } from '../../../../src-renderer/topology/layout.js'
import { fanOf } from '../../../../src-renderer/topology/links.js'
import type { Box } from '../../../../src-renderer/topology/places.js'
import { routeOf } from '../../../../src-renderer/topology/routes.js'
import { sceneOf, type Scene } from '../../../../src-renderer/topology/scene.js'
import { healthyCluster, infoOf } from '../../../support/gallery/topologies.js'

/** The fleet with a second host for backups. */
function twoRepositories(): LabInfo {
  const fleet = infoOf('fleet')
  const { backup, ...others } = fleet.spec.hosts
  const second = { ...backup!, address: 43, at: [4, 1] as [number, number] }
  return infoOf('fleet', { ...fleet.spec, hosts: { ...others, backup1: backup!, backup2: second } })
}
const labs: Record<string, LabInfo> = {
  fleet: infoOf('fleet'),
  'fleet with two repositories': twoRepositories(),
  trio: infoOf('trio'),
  'two sites': infoOf('sites'),
}
const sizes = [
  [747, 187],
  [1055, 266],
  [1400, 266],
  [1100, 700],
  [640, 227],
] as const

const sceneIn = (info: LabInfo, leader?: string): Scene => {
  const state = healthyCluster(info, leader)
  return sceneOf({ info, state, now: state.at, zero: state.at, recorded: false })
}

/** The straight parts of a path of M, H and V. */
function partsOf(path: string): Box[] {
  const parts: Box[] = []
  let [x, y] = [0, 0]
  for (const [, verb, a, b] of path.matchAll(/([MHV])(-?[\d.]+)(?: (-?[\d.]+))?/g)) {
    const [toX, toY] = verb === 'H' ? [Number(a), y] : verb === 'V' ? [x, Number(a)] : [Number(a), Number(b)]
    if (verb !== 'M')
      parts.push({ x: Math.min(x, toX), y: Math.min(y, toY), width: Math.abs(toX - x), height: Math.abs(toY - y) })
    x = toX
    y = toY
  }
  return parts
}
const under = (part: Box, box: Box): boolean =>
  part.x + part.width > box.x &&
  part.x < box.x + box.width &&
  part.y + part.height > box.y &&
  part.y < box.y + box.height

describe.each(Object.entries(labs))('%s', (_name, info) => {
  test.each(sizes)('no link runs under a host that it has nothing to do with, at %ix%i', (width, height) => {
    const layout = layoutTopology(info.spec, { width, height })
    for (const leader of [undefined, 'remote2', 'pg3', 'patroni2'].filter((name) => !name || info.spec.hosts[name])) {
      const { links } = sceneIn(info, leader)
      const wrong = links.flatMap((link) => {
        const parts = partsOf(routeOf(link, layout, fanOf(link, links, layout))!.path)
        const boxes = { client: layout.client, ...layout.hosts }
        return Object.entries(boxes)
          .filter(([name, box]) => name !== link.from && name !== link.to && parts.some((part) => under(part, box)))
          .map(([name]) => `${link.kind} ${link.from} to ${link.to} under ${name}`)
      })
      expect(wrong, `led by ${leader ?? 'the first'}`).toEqual([])
    }
  })
})

describe('the frames of sites', () => {
  test.each(sizes)('hold their own hosts and nobody else, at %ix%i', (width, height) => {
    const { spec } = infoOf('sites')
    const layout = layoutTopology(spec, { width, height })
    const inside = (box: Box, frame: Box): boolean =>
      box.x > frame.x &&
      box.y > frame.y &&
      box.x + box.width < frame.x + frame.width &&
      box.y + box.height < frame.y + frame.height
    expect(layout.frames.map(({ words }) => words)).toEqual(['main site', 'remote site'])
    for (const { site, box } of layout.frames) {
      const held = Object.entries(layout.hosts).filter(([, each]) => inside(each, box))
      expect(held.map(([name]) => name)).toEqual(
        Object.keys(spec.hosts).filter((name) => spec.hosts[name]!.site === site),
      )
      expect(under(layout.client, box)).toBe(false)
      expect(box.x >= 0 && box.x + box.width <= layout.width && box.y + box.height <= layout.height).toBe(true)
    }
    const [main, remote] = layout.frames
    expect(main!.box.x + main!.box.width).toBeLessThan(remote!.box.x)
  })

  test('are none where there is one site', () => {
    expect(layoutTopology(infoOf('fleet').spec, { width: 1055, height: 266 }).frames).toEqual([])
  })
})

describe('of several of a kind each is drawn', () => {
  const of = (scene: Scene, kind: string): string[] =>
    scene.links.filter((link) => link.kind === kind).map(({ from, to, state }) => `${from} ${to} ${state}`)

  test('proxies, the pool and the ways in that are not taken', () => {
    const scene = sceneIn(labs['fleet']!)
    expect(of(scene, 'client')).toEqual(['client proxy1 flows'])
    expect(of(scene, 'entry')).toEqual(['client proxy2 ready', 'client pool ready'])
    expect(of(scene, 'route')).toEqual([
      'proxy1 pg1 flows',
      'proxy1 pg2 ready',
      'proxy1 pg3 ready',
      'proxy2 pg1 ready',
      'proxy2 pg2 ready',
      'proxy2 pg3 ready',
      'pool proxy1 ready',
      'pool proxy2 ready',
    ])
    expect(scene.quorum!.asking).toEqual(['pg1', 'pg2', 'pg3'])
  })

  test('a proxy that is down sends nobody anywhere', () => {
    const state = healthyCluster(labs['fleet']!)
    state.hosts.find(({ name }) => name === 'proxy2')!.role = 'down'
    const scene = sceneOf({ info: labs['fleet']!, state, now: state.at, zero: state.at, recorded: false })
    expect(of(scene, 'entry')).toContain('client proxy2 cut')
    expect(of(scene, 'route')).toContain('pool proxy2 cut')
    expect(of(scene, 'route').some((link) => link.startsWith('proxy2 '))).toBe(false)
  })

  test('repositories', () => {
    expect(of(sceneIn(labs['fleet with two repositories']!), 'archive')).toEqual([
      'pg1 backup1 ready',
      'pg1 backup2 ready',
    ])
  })
})

describe('two sites', () => {
  const info = labs['two sites']!
  const streams = (leader?: string): string[] =>
    sceneIn(info, leader)
      .links.filter(({ kind }) => kind === 'stream')
      .map(({ from, to }) => `${from} ${to}`)
      .toSorted()
  const clients = (leader?: string): string[] =>
    sceneIn(info, leader)
      .links.filter(({ kind }) => kind === 'client')
      .map(({ to }) => to)

  test('one host of the second follows the first, and the others that one', () => {
    expect(streams()).toEqual(['patroni1 patroni2', 'patroni1 patroni3', 'patroni1 remote1', 'remote1 remote2'])
    expect(clients()).toEqual(['patroni1', 'patroni2', 'patroni3'])
  })

  test('and the other way round once the second leads', () => {
    expect(streams('remote2')).toEqual([
      'patroni1 patroni2',
      'patroni1 patroni3',
      'remote2 patroni1',
      'remote2 remote1',
    ])
    expect(clients('remote2')).toEqual(['remote1', 'remote2'])
  })

  test('a site that is lost is missed once, and not by every host', () => {
    const state = healthyCluster(info, 'remote1')
    for (const host of state.hosts.filter(({ name }) => name.startsWith('patroni'))) {
      Object.assign(host, { role: 'down', postgres: { value: null, at: null, stale: true } })
    }
    const scene = sceneOf({ info, state, now: state.at, zero: state.at, recorded: false })
    const cut = scene.links.filter((link) => link.kind === 'stream' && link.state === 'cut')
    expect(cut.map(({ from, to, why }) => [from, to, why])).toEqual([
      ['remote1', 'patroni1', 'patroni1’s host is down'],
    ])
  })

  test('the second has an etcd of its own, which nobody counts', () => {
    const { quorum, siteEtcd } = sceneIn(info)
    expect(quorum!.votes.map(({ name }) => name)).toEqual(['etcd'])
    expect(siteEtcd).toMatchObject([{ site: 'remote', members: ['remote-etcd'], asking: ['remote1', 'remote2'] }])
  })
})
