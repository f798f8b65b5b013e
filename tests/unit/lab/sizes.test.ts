import { describe, expect, test } from 'vitest'
import { DojoError } from '../../../src-main/contract/errors.js'
import { offersOf } from '../../../src-main/lab/ports.js'
import { requireMemory } from '../../../src-main/lab/room.js'
import { sizesIn } from '../../../src-main/lab/sizes.js'
import { loadTopology, parseTopology } from '../../../src-main/lab/topology-file.js'

const text = `topology: many
summary: for tests
hosts:
  pg:
    copies: { default: 3, min: 3, max: 5 }
    address: 11
    at: [1, 0]
    services: [patroni]
  etcd: { copies: { default: 1, min: 1, max: 7 }, address: 21, at: [2, 0], memory: 128Mi, services: [etcd] }
client:
  readWrite: { host: leader, port: 5432 }
healthy:
  standbys: { synchronous: 0 }
`
const sized = (sizes: Record<string, string> = {}, changed = text) =>
  parseTopology(changed, '/labs/many.yaml', 'many', sizes)
const refusal = (run: () => unknown): { code: string; why: string } => {
  try {
    run()
  } catch (error) {
    if (error instanceof DojoError) return { code: error.code, why: error.said.why }
    throw error
  }
  throw new Error('it was accepted')
}

describe('an entry with copies', () => {
  test('is that many hosts, each an address and a row further', () => {
    const { hosts } = sized()
    expect(Object.entries(hosts).map(([name, { address, at }]) => [name, address, at])).toEqual([
      ['pg1', 11, [1, 0]],
      ['pg2', 12, [1, 1]],
      ['pg3', 13, [1, 2]],
      ['etcd', 21, [2, 0]],
    ])
    expect(hosts['pg1']).not.toHaveProperty('copies')
  })

  test('keeps its name when it is one host, and is numbered when it is several', () => {
    expect(Object.keys(sized({ etcd: '3', pg: '4' }).hosts)).toEqual([
      'pg1',
      'pg2',
      'pg3',
      'pg4',
      'etcd1',
      'etcd2',
      'etcd3',
    ])
  })

  test('expects every standby to stream, unless the file says how many', () => {
    expect(sized({ pg: '5' }).healthy.standbys).toEqual({ streaming: 4, synchronous: 0 })
    const fewer = text.replace('{ synchronous', '{ streaming: 1, synchronous')
    expect(sized({ pg: '5' }, fewer).healthy.standbys.streaming).toBe(1)
  })
})

describe('a size that is not possible is refused, and where the limit stands', () => {
  test.each<[string, Record<string, string>, string]>([
    ['too many', { pg: '6' }, 'size.pg=6: a whole number, 3 to 5 (/labs/many.yaml:4:3)'],
    ['too few', { pg: '2' }, 'size.pg=2: a whole number, 3 to 5'],
    ['no number', { pg: 'many' }, 'size.pg=many: a whole number'],
    ['of nothing', { proxy: '2' }, 'size.proxy: many has no such size; there are size.pg (3 to 5), size.etcd (1 to 7)'],
    ['an even etcd count', { etcd: '2' }, 'etcd runs on 2 of them; take 1, 3 or 5'],
    ['an even etcd count, its place', { etcd: '4' }, '(/labs/many.yaml:9:91)'],
    ['more members than help', { etcd: '7' }, 'hosts: 7 run etcd; at most 5'],
  ])('%s', (_, sizes, words) => {
    const { code, why } = refusal(() => sized(sizes))
    expect(code).toBe('setting-invalid')
    expect(why).toContain(words)
  })
})

describe('an author hears of an impossible size before anybody asks for it', () => {
  test.each([
    [
      'limits that cross',
      text.replace('min: 3, max: 5', 'min: 4, max: 5'),
      'many.yaml:5:5: hosts.pg.copies: min, default',
    ],
    [
      'addresses that meet',
      text.replace('address: 21', 'address: 15'),
      'hosts.pg.address: 5 hosts take 11 to 15, and etcd has 15',
    ],
    ['addresses that end', text.replace('address: 21', 'address: 250'), 'hosts.etcd.address: 7 hosts end at 256'],
    ['rows that end', text.replace('at: [1, 0]', 'at: [1, 4]'), 'many.yaml:7:5: hosts.pg.at: 5 hosts need rows to 8'],
    [
      'two hosts of one name',
      text.replace('client:', '  pg2: { address: 31, at: [3, 0], services: [etcd] }\nclient:'),
      'many.yaml:10:3: hosts.pg2: a host is called pg2 already, from pg',
    ],
  ])('%s', (_, changed, words) => {
    const { code, why } = refusal(() => sized({}, changed))
    expect(code).toBe('content-invalid')
    expect(why).toContain(words)
  })
})

describe('another site', () => {
  const sites = text.replace(
    'client:',
    `  far: { copies: { default: 2, min: 2, max: 3 }, address: 31, at: [3, 0], services: [patroni], site: far }
  far-etcd: { address: 41, at: [4, 0], services: [etcd], site: far }
client:`,
  )
  test('has votes of its own, and one host that streams from the main one', () => {
    const topology = sized({ pg: '4', far: '3' }, sites)
    expect(topology.healthy.standbys.streaming).toBe(4)
    expect(offersOf(topology).filter(({ key }) => key === 'etcd')).toHaveLength(1)
  })
  test('without an etcd of its own it is refused', () => {
    const { why } = refusal(() => sized({}, sites.replace('services: [etcd], site: far', 'services: [etcd]')))
    expect(why).toContain('hosts.far1.site: far needs both patroni and an etcd of its own')
  })
})

test('sizes are taken out of what is set; the rest are settings', () => {
  expect(sizesIn(['patroni.ttl=30', 'size.pg=5', 'size.etcd'])).toEqual({
    sizes: { pg: '5', etcd: '' },
    settings: ['patroni.ttl=30'],
  })
})

test('more hosts than memory allows are refused, with who wants how much', async () => {
  const seven = await loadTopology('trio', { patroni: '7' })
  const gib = 1024 ** 3
  expect(() => requireMemory(seven, { memoryTotal: 4 * gib })).not.toThrow()
  const { code, why } = refusal(() => requireMemory(seven, { memoryTotal: 2 * gib }))
  expect(code).toBe('memory-low')
  expect(why).toContain('they may use 3.6 GiB in all (patroni1 512Mi, ')
  expect(why).toContain('and the engine has 2.0 GiB')
})
