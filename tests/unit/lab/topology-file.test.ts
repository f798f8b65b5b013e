import { describe, expect, test } from 'vitest'
import { DojoError } from '../../../src-main/contract/errors.js'
import { loadTopology, parseTopology, topologyNames } from '../../../src-main/lab/topology-file.js'

const good = `topology: two
summary: for tests
hosts:
  pg1: { address: 11, at: [0, 0], services: [etcd, patroni] }
  pg2: { address: 12, at: [0, 1], services: [patroni] }
  proxy: { address: 13, at: [1, 0], services: [haproxy] }
client:
  readWrite: { host: proxy, port: 5000 }
healthy:
  standbys: { streaming: 1, synchronous: 0 }
`
const refusal = (text: string, name = 'two'): string => {
  try {
    parseTopology(text, '/labs/two.yaml', name)
  } catch (error) {
    if (error instanceof DojoError && error.code === 'content-invalid') return error.said.why
    throw error
  }
  throw new Error('it was accepted')
}

test('every topology that ships is valid', async () => {
  const names = await topologyNames()
  expect(names).toContain('pair-witness')
  for (const name of names) await expect(loadTopology(name)).resolves.toMatchObject({ topology: name })
})

test('an unknown topology names those that exist', async () => {
  await expect(loadTopology('pair-witnes')).rejects.toMatchObject({
    code: 'unknown-topology',
    said: { why: expect.stringContaining('pair-witness') },
  })
})

test('disks that leave room are accepted', () => {
  const text = good.replace('at: [0, 1]', 'at: [0, 1], disk: 1Gi, walDisk: 256Mi, memory: 1664Mi')
  expect(parseTopology(text, 'two.yaml', 'two').hosts['pg2']).toMatchObject({ disk: '1Gi', walDisk: '256Mi' })
})

test('a good file gets its defaults', () => {
  const { settings, hosts } = parseTopology(good, 'two.yaml', 'two')
  expect(settings.patroni).toMatchObject({ ttl: 20, loop_wait: 2, retry_timeout: 8 })
  expect(hosts['pg1']?.memory).toBe('512Mi')
})

describe('a topology without a proxy', () => {
  const direct = good
    .replace(/ {2}proxy: .*\n/, '')
    .replace('{ host: proxy, port: 5000 }', '{ host: leader, port: 5432 }')
    .replace('services: [patroni] }', 'services: [patroni] }')

  test('lets clients look for the leader', () => {
    expect(parseTopology(direct, 'two.yaml', 'two').client.readWrite).toEqual({ host: 'leader', port: 5432 })
  })
  test.each([
    ['another port than PostgreSQL’s', direct.replace('port: 5432', 'port: 5000'), 'leader offers 5432'],
    ['a host of that name', direct.replace('pg1:', 'leader:'), '"leader" means whoever leads'],
    ['a role of Patroni’s own', direct.replace('healthy:', '  user: postgres\nhealthy:'), 'postgres has another use'],
    ['a fixed port of nothing', `${direct}fixedPorts: { postgers: 5532 }\n`, 'there are etcd, patroni, postgres'],
  ])('%s is refused', (_, text, words) => expect(refusal(text)).toContain(words))
})

describe('what is wrong is shown where it is', () => {
  test('a key that nobody knows, at its own place', () => {
    expect(refusal(good.replace('at: [0, 1]', 'at: [0, 1], colour: red'))).toBe(
      '/labs/two.yaml:5:35: "colour" is not known in hosts.pg2',
    )
  })

  test('all at once', () => {
    const text = good.replace('address: 11', 'address: 999').replace('port: 5000', 'port: many')
    expect(refusal(text).split('\n')).toHaveLength(2)
    expect(refusal(text)).toContain('/labs/two.yaml:4:10: hosts.pg1.address')
    expect(refusal(text)).toContain('client.readWrite.port')
  })

  test('what is missing, at its parent', () => {
    expect(refusal(good.replace('address: 12, ', ''))).toMatch(/two\.yaml:5:\d+: hosts\.pg2\.address/)
  })

  test('broken YAML, and a key that is there twice', () => {
    expect(refusal(good.replace('port: 5000 }', 'port: 5000'))).toMatch(/^\/labs\/two\.yaml:9:1: /)
    expect(refusal(good.replace('summary: for tests', 'topology: two'))).toMatch(/^\/labs\/two\.yaml:2:1: .*unique/)
  })

  test.each([
    ['an address twice', good.replace('address: 12', 'address: 11'), 'pg1 has 11 already'],
    ['a client route to nowhere', good.replace('host: proxy', 'host: proxi'), 'no host "proxi"'],
    [
      'a client route to a port that nobody offers',
      good.replace('port: 5000', 'port: 5432'),
      'proxy offers 5000, 5001, 7000',
    ],
    ['more standbys than hosts', good.replace('streaming: 1', 'streaming: 2'), 'at most 1'],
    ['a disk without PostgreSQL', good.replace('at: [1, 0]', 'at: [1, 0], disk: 256Mi'), 'no PostgreSQL is here'],
    ['a disk that nothing fits on', good.replace('at: [0, 1]', 'at: [0, 1], walDisk: 64Mi'), 'at least 128Mi'],
    [
      'disks that leave no memory',
      good.replace('at: [0, 1]', 'at: [0, 1], disk: 1Gi, walDisk: 256Mi, memory: 1536Mi'),
      'hosts.pg2.memory: its disks are in memory too: at least 1664Mi',
    ],
    [
      'an even number of etcd members, at the last of them',
      good.replace('services: [patroni]', 'services: [etcd, patroni]'),
      '/labs/two.yaml:5:35: hosts: etcd runs on 2 of them; take 1, 3 or 5, as 2 members survive the loss of 0, as 1 do',
    ],
    [
      'SQL that is not there',
      `${good}load: expences.sql\n`,
      'two.yaml:11:1: load: no file "expences.sql" in labs/data',
    ],
    ['cron without PostgreSQL', good.replace('[haproxy]', '[haproxy, cron]'), 'cron has nothing to do without patroni'],
    ['patroni without etcd', good.replace('[etcd, patroni]', '[patroni]'), 'patroni needs etcd'],
    ['another name than the file', good.replace('topology: two', 'topology: three'), 'the file says "two"'],
    [
      'settings that Patroni would change silently',
      `${good}settings: { patroni: { ttl: 20, loop_wait: 10, retry_timeout: 10 } }\n`,
      '10 + 2 * 10 = 30',
    ],
  ])('%s', (_, text, words) => expect(refusal(text)).toContain(words))
})
