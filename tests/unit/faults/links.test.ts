import { describe, expect, test } from 'vitest'
import type { LabHost } from '../../../src-main/contract/lab.js'
import { connecting, hostsNamed, linksBetween, portsOf } from '../../../src-main/faults/links.js'
import { chainsFor, countsIn } from '../../../src-main/faults/nft.js'
import { partition } from '../../../src-main/faults/partition.js'
import { peersOf, refusesPeers, rulePorts } from '../../../src-main/faults/traffic.js'

const host = (name: string, address: string, services: string[]): LabHost =>
  ({ name, address, services, endpoints: {}, at: [0, 0] }) as unknown as LabHost
const pg1 = host('pg1', '10.0.0.11', ['etcd', 'patroni', 'pgbackrest'])
const pg2 = host('pg2', '10.0.0.12', ['etcd', 'patroni', 'pgbackrest'])
const witness = host('witness', '10.0.0.13', ['etcd'])
const proxy = host('proxy', '10.0.0.15', ['haproxy'])
const hosts = [pg1, pg2, witness, proxy]

describe('links', () => {
  test('lead to the port of each service at the other end, PostgreSQL being where Patroni is', () => {
    const spell = (services: Parameters<typeof linksBetween>[2], to: LabHost[]): string[] =>
      linksBetween(pg1, to, services).map((link) => `${link.to}:${link.port}`)
    expect(spell([], [pg2, witness])).toEqual(['pg2:2379', 'pg2:8008', 'pg2:5432', 'pg2:8432', 'witness:2379'])
    expect(spell(['postgres'], [pg2, witness])).toEqual(['pg2:5432'])
    expect(spell(['pgbouncer'], hosts)).toEqual([])
    expect(portsOf(['etcd', 'postgres'])).toEqual([2379, 2380, 5432])
  })

  test('that connect are told by the host that tried, each by its own number', async () => {
    const links = [...linksBetween(pg1, [pg2], ['etcd', 'patroni']), ...linksBetween(witness, [pg1], ['etcd'])]
    const execOn = (from: string) => Promise.resolve({ code: 0, stdout: from === 'pg1' ? '1\n' : '0\n', stderr: '' })
    const alive = await connecting({ execOn }, links)
    expect(alive.map(({ from, port }) => `${from}:${port}`)).toEqual(['pg1:8008', 'witness:2379'])
  })

  test('an unknown host is named with those that there are', () => {
    expect(() => hostsNamed({ hosts }, ['pg1', 'pg9'])).toThrow(/pg9.*pg1, pg2, witness, proxy/)
  })
})

describe('rules', () => {
  test('match peers by address, in the asked direction, services at either end', () => {
    expect(chainsFor({ direction: 'in', peers: [pg2, witness], ports: [] }, 'drop')).toEqual([
      'chain in { type filter hook input priority -10; ip saddr { 10.0.0.12, 10.0.0.13 } drop; }',
    ])
    expect(chainsFor({ direction: 'out', peers: [pg2], ports: [5432] }, 'drop')).toEqual([
      'chain out { type filter hook output priority -10; ip daddr { 10.0.0.12 } tcp dport { 5432 } drop; ip daddr { 10.0.0.12 } tcp sport { 5432 } drop; }',
    ])
    expect(chainsFor({ direction: 'both', peers: [pg2], ports: [] }, 'drop')).toHaveLength(2)
  })

  test('are counted by line: what was looked at, and what was hit', () => {
    const listed =
      'table inet dojo_f1 {\n ip saddr 10.0.0.1 counter packets 10 bytes 9 numgen random mod 1000 < 300 counter packets 3 bytes 2 drop\n ip daddr 10.0.0.1 counter packets 5 bytes 1 drop\n}'
    expect(countsIn(listed)).toEqual({ seen: 15, hit: 8 })
    expect(countsIn('')).toEqual({ seen: 0, hit: 0 })
  })

  test('for services meet measured traffic too', () => {
    expect(rulePorts([])).toEqual([])
    expect(rulePorts(['patroni'])).toEqual([8008, 9])
  })
})

describe('the two sides', () => {
  const context = (options: object, target = pg1) =>
    ({ target, hosts, options: partition.options.parse(options) }) as unknown as Parameters<typeof partition.apply>[0]
  const cuts = (options: object): string[] => partition.cuts!(context(options)).map(({ from, to }) => `${from}>${to}`)

  test('of a partition are the target with its company, and those named or all others', () => {
    expect(cuts({ from: ['pg2'] })).toEqual(['pg1>pg2', 'pg2>pg1'])
    expect(cuts({ with: ['proxy'], direction: 'out' })).toEqual([
      'pg1>pg2',
      'pg1>witness',
      'proxy>pg2',
      'proxy>witness',
    ])
    expect(cuts({ direction: 'in' })).toEqual(['pg2>pg1', 'witness>pg1', 'proxy>pg1'])
  })

  test('of a partition share no host, and neither is empty', async () => {
    expect(await partition.refuses!(context({ from: ['pg1'] }))).toBe("pg1 can't be on both sides of the cut")
    expect(await partition.refuses!(context({ with: ['pg2', 'witness', 'proxy'] }))).toMatch('no host is left')
    expect(await partition.refuses!(context({}))).toBeNull()
  })

  test('of a loss are the target and its peers', async () => {
    const peers = (names: string[]) =>
      ({ target: pg1, hosts, options: { peers: names } }) as unknown as Parameters<typeof peersOf>[0]
    expect(peersOf(peers([])).map(({ name }) => name)).toEqual(['pg2', 'witness', 'proxy'])
    expect(peersOf(peers(['proxy'])).map(({ name }) => name)).toEqual(['proxy'])
    expect(await refusesPeers(peers(['pg1']))).toBe("pg1 can't be its own peer")
  })
})
