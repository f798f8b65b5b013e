import { describe, expect, test } from 'vitest'
import { layoutTopology } from '../../../../src-renderer/topology/layout.js'
import type { Box, TopologyLayout } from '../../../../src-renderer/topology/places.js'
import { labInfo, pairWitness, type HostChoice } from '../../../support/recorded-failover.js'

const data: HostChoice['services'] = ['etcd', 'patroni', 'pgbackrest']
const threeNodes: Record<string, HostChoice> = {
  pg1: { services: data, at: [2, 0] },
  pg2: { services: data, at: [2, 1] },
  pg3: { services: data, at: [2, 2] },
  backup: { services: ['pgbackrest'], at: [3, 2] },
  proxy: { services: ['haproxy'], at: [1, 1] },
}
const twoSites: Record<string, HostChoice> = {
  ...pairWitness,
  pg3: { services: ['patroni'], at: [4, 0] },
  pool: { services: ['pgbouncer'], at: [1, 2] },
}
const topologies = { pairWitness, threeNodes, twoSites }

const sizes = [
  [640, 227],
  [640, 260],
  [747, 187],
  [1055, 266],
  [1100, 700],
  [1440, 700],
  [300, 90],
] as const

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

const inside = (box: Box, { width, height }: TopologyLayout): boolean =>
  box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height

/** Pairs that stand the other way round than their author put them. */
function outOfOrder(choice: Record<string, HostChoice>, { hosts }: TopologyLayout): string[] {
  const all = Object.entries(choice)
  return all.flatMap(([a, one]) =>
    all
      .filter(([b, other]) => {
        const [dx, dy] = [other.at[0] - one.at[0], other.at[1] - one.at[1]]
        return (dx > 0 && hosts[b]!.x <= hosts[a]!.x) || (dx === 0 && dy > 0 && hosts[b]!.y <= hosts[a]!.y)
      })
      .map(([b]) => `${a}, ${b}`),
  )
}

const boxesOf = ({ hosts, client }: TopologyLayout): [string, Box][] => [...Object.entries(hosts), ['client', client]]

describe('the places of hosts', () => {
  test('are the drawn ones at the drawn size', () => {
    const { hosts, client, busX, sizes: box } = layoutTopology(labInfo().spec, { width: 1055, height: 266 })
    expect(box).toMatchObject({ density: 'full', header: 32, pitch: 18, facts: 3 })
    const drawn: Record<string, Box> = { client, ...hosts }
    const near = (name: string, x: number, y: number, width: number) => {
      expect(Math.abs(drawn[name]!.x - x), `${name} x`).toBeLessThanOrEqual(4)
      expect(Math.abs(drawn[name]!.y - y), `${name} y`).toBeLessThanOrEqual(4)
      expect(drawn[name]!.width, `${name} width`).toBe(width)
    }
    near('client', 24, 93, 128)
    near('proxy', 216, 77, 160)
    near('pg1', 432, 8, 288)
    near('pg2', 432, 156, 288)
    near('witness', 832, 93, 200)
    near('backup', 832, 186, 200)
    expect(Math.abs(busX! - 776)).toBeLessThanOrEqual(1)
  })

  for (const [name, choice] of Object.entries(topologies)) {
    for (const [width, height] of sizes) {
      test(`${name} at ${width}x${height}: nothing overlaps, nothing is outside, each row in order`, () => {
        const layout = layoutTopology(labInfo(choice).spec, { width, height })
        const boxes = boxesOf(layout)
        const readouts = [layout.quorum, layout.fork].filter((box) => box !== null)
        const wrong = boxes.flatMap(([name, box]) => [
          ...(inside(box, layout) ? [] : [`${name} is outside`]),
          ...boxes.filter(([other, its]) => name < other && overlap(box, its)).map(([other]) => `${name} on ${other}`),
          ...(readouts.some((its) => overlap(box, its)) ? [`a readout on ${name}`] : []),
        ])
        expect(wrong).toEqual([])
        expect(outOfOrder(choice, layout)).toEqual([])
      })
    }
  }

  test('use the room: more facts in a taller panel, wider boxes in a wider one', () => {
    const at = (width: number, height: number) => layoutTopology(labInfo().spec, { width, height })
    expect(at(640, 190).sizes.facts).toBeLessThan(at(640, 266).sizes.facts)
    expect(at(1055, 266).sizes.facts).toBeLessThan(at(1055, 600).sizes.facts)
    expect(at(1055, 266).hosts['pg1']!.width).toBeLessThan(at(1400, 266).hosts['pg1']!.width)
  })
})
