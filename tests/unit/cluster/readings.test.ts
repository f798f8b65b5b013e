import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { applyChange, dcsReadingOf, lsnText } from '../../../src-main/cluster/dcs.js'
import { proxyBackendsOf, proxyStats } from '../../../src-main/cluster/haproxy.js'
import { leaseAt, readLease, type LeaseEstimate } from '../../../src-main/cluster/lease.js'
import { livePart } from '../../../src-main/cluster/live-part.js'
import { patroniClient, patroniReadingOf } from '../../../src-main/cluster/patroni.js'
import { backupReadingOf } from '../../../src-main/cluster/pgbackrest.js'
import { postgresReadingOf } from '../../../src-main/cluster/postgres-reading.js'
import { standingOf } from '../../../src-main/cluster/sources/etcd-status.js'

test('GET /patroni: bodies of 4.0 and 4.1, of a primary and of one that just starts', () => {
  const primary = {
    state: 'running',
    postmaster_start_time: '2026-01-01 00:00:00+00:00',
    role: 'primary',
    server_version: 170006,
    xlog: { location: 1 },
    timeline: 3,
    replication: [],
    dcs_last_seen: 1,
    database_system_identifier: '7',
    patroni: { version: '4.0.7', scope: 'main', name: 'pg1' },
  }
  expect(patroniReadingOf(primary)).toEqual({
    state: 'running',
    role: 'primary',
    pendingRestart: false,
    paused: false,
    clusterUnlocked: false,
    syncStandby: false,
    timeline: 3,
    serverVersion: 170006,
    patroniVersion: '4.0.7',
    systemIdentifier: '7',
  })
  expect(
    patroniReadingOf({ state: 'starting', role: 'replica', cluster_unlocked: true, sync_standby: true }),
  ).toMatchObject({
    state: 'starting',
    clusterUnlocked: true,
    syncStandby: true,
  })
  expect(() => patroniReadingOf('<html>')).toThrow('expected object')
})

test('a REST client says why there is no reading, and never takes long over it', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/patroni') response.writeHead(503).end('{"state":"stopped","role":"replica"}')
    else if (request.url === '/cluster') response.end('not json')
    // and /history never answers
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = patroniClient({ host: '127.0.0.1', port })
  expect(await client.status()).toMatchObject({ ok: true, value: { state: 'stopped' } })
  expect(await client.cluster()).toEqual({ ok: false, why: 'GET /cluster answered 200 with something unexpected' })
  const startedAt = performance.now()
  expect(await client.history(150)).toEqual({ ok: false, why: 'no answer in time' })
  expect(performance.now() - startedAt).toBeLessThan(1000)
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  expect(await client.status()).toEqual({ ok: false, why: 'connection refused' })
})

test('keys: one string of standbys, an emptied request, a paused cluster, members', () => {
  const put = (key: string, value: string) => ({ key, value, lease: null, createRevision: 1 })
  const puts = [
    put('leader', 'pg1'),
    put('sync', '{"leader":"pg1","sync_standby":"pg3,pg2","quorum":0}'),
    put('config', '{"ttl":20,"pause":true}'),
    put('failover', '{}'),
    put('initialize', '7'),
    put('history', '[[1,50331808,"no recovery target specified","2026-01-01T00:00:00+00:00","pg1"],[2,67108864,"x"]]'),
    put('members/pg1', '{"role":"primary"}'),
    put('members/pg2', 'broken'),
  ]
  const keys = applyChange(new Map(), { revision: 1, snapshot: true, puts, deletes: [] })
  expect(dcsReadingOf(keys, null)).toMatchObject({
    leader: 'pg1',
    sync: { leader: 'pg1', standbys: ['pg2', 'pg3'] },
    pause: true,
    failover: null,
    initialize: '7',
    history: [{ timeline: 1, lsn: 50331808, newLeader: 'pg1' }, { timeline: 2 }],
    members: { pg1: { role: 'primary' }, pg2: {} },
  })
  expect(lsnText(50331808)).toBe('0/30000A0')
  expect(lsnText(2 ** 32 + 16)).toBe('1/10')
  const without = applyChange(keys, { revision: 2, snapshot: false, puts: [], deletes: ['leader'] })
  expect(dcsReadingOf(without, null).leader).toBeNull()
  expect(dcsReadingOf(new Map(), null)).toMatchObject({ leader: null, sync: { standbys: [] }, config: {} })
})

test('a lease: readings in whole seconds narrow down its end, and a jump up is a renewal', () => {
  const renewedEvery = 2000
  let estimate: LeaseEstimate | null = null
  const seen: { t: number; error: number; renewed: number | null }[] = []
  for (let t = 10_000; t < 30_000; t += 500) {
    const renewedAt = t - (t % renewedEvery)
    const truth = renewedAt + 20_000 - t
    estimate = readLease(estimate, '7', { leftS: Math.floor(truth / 1000), ttlS: 20 }, t + 3)
    seen.push({ t, error: Math.abs(leaseAt(estimate, t).leftMs - truth), renewed: estimate.renewedAt })
  }
  expect(Math.max(...seen.map(({ error }) => error))).toBeLessThanOrEqual(1100)
  expect(estimate!.renewedAt).toBeGreaterThan(27_000)
})

test('a lease that nobody renews counts down and never says that it was renewed', () => {
  let estimate: LeaseEstimate | null = null
  const end = 40_250
  const errors: number[] = []
  for (let t = 20_000; t < end; t += 500) {
    estimate = readLease(estimate, '7', { leftS: Math.floor((end - t) / 1000), ttlS: 20 }, t)
    expect(estimate.renewedAt).toBeNull()
    errors.push(Math.abs(leaseAt(estimate, t).leftMs - (end - t)))
  }
  expect(Math.max(...errors.slice(3))).toBeLessThan(510)
  expect(leaseAt(estimate!, 60_000).leftMs).toBe(0)
  // an election of etcd extends it: that shows as a renewal
  expect(readLease(estimate, '7', { leftS: 20, ttlS: 20 }, end).renewedAt).not.toBeNull()
  expect(readLease(estimate, '8', { leftS: 20, ttlS: 20 }, end).renewedAt).toBeNull()
})

test('a part is stale when it is too old, when its source failed, and before it was ever heard', () => {
  const part = livePart<number>(() => 3000)
  expect(part.view(0)).toEqual({ value: null, at: null, stale: true })
  part.set(7, 1000)
  expect(part.view(3000)).toEqual({ value: 7, at: 1000, stale: false })
  expect(part.view(4001).stale).toBe(true)
  part.set(8, 5000)
  part.fail('connection refused')
  expect(part.view(5001)).toEqual({ value: 8, at: 5000, stale: true, error: 'connection refused' })
  part.set(9, 6000)
  part.miss('no answer in time')
  expect(part.view(6500)).toEqual({ value: 9, at: 6000, stale: false })
  expect(part.view(9500)).toEqual({ value: 9, at: 6000, stale: true, error: 'no answer in time' })
  part.touch(9600)
  expect(part.view(9700).stale).toBe(false)
})

const status = (memberId: string, leaderId: string | null, learner = false) => ({
  answer: { status: { memberId, leaderId, term: 2, learner } },
})
const silent = { answer: { why: 'connection refused' } }

test('etcd has a quorum when more than half follow one leader who is among them', () => {
  const standing = (a: object, b: object, c: object, since?: number) =>
    standingOf(
      [
        { name: 'a', ...a },
        { name: 'b', ...b },
        { name: 'c', ...c },
      ] as never,
      since,
    )
  expect(standing(status('1', '1'), status('2', '1'), status('3', '1'))).toMatchObject({
    quorum: true,
    members: [{ leader: true }, {}, {}],
  })
  expect(standing(status('1', '1'), status('2', '1'), silent).quorum).toBe(true)
  expect(standing(status('1', '1'), silent, silent).quorum).toBe(false)
  // the leader is gone: an election at first, a lost quorum when it goes on
  expect(standing(silent, status('2', '1'), status('3', null), 500)).toMatchObject({ quorum: true, agreed: false })
  expect(standing(silent, status('2', '1'), status('3', null), 9000)).toMatchObject({ quorum: false })
  // cut off: it still names itself, and the others follow another
  expect(standing(status('1', '1'), status('2', '2'), status('3', '2'))).toMatchObject({
    quorum: true,
    members: [{ leader: false, error: 'follows another leader' }, { leader: true }, {}],
  })
  // cut off for longer: it answers us, knows no leader any more, and has no vote to give
  expect(standing(status('1', null), status('2', '2'), status('3', '2'))).toMatchObject({
    quorum: true,
    members: [{ answers: true, error: 'knows no leader' }, { leader: true }, {}],
  })
  expect(standing(status('1', '1'), status('2', '1', true), silent).quorum).toBe(false)
})

test('HAProxy: who is up for writes and for reads, whatever columns it adds', () => {
  const csv = [
    '# pxname,svname,new,status,check_status,check_code',
    'write,FRONTEND,,OPEN,,',
    'write,pg1,,UP,L7OK,200',
    'write,pg2,,DOWN,L7STS,503',
    'write,BACKEND,,UP,,',
    'read,pg1,,DOWN,L7STS,503',
    'read,pg2,,UP 1/2,L7OK,200',
    'stats,FRONTEND,,OPEN,,',
  ].join('\n')
  expect(proxyBackendsOf(csv)).toEqual([
    { host: 'pg1', write: true, read: false, check: 'HTTP 200' },
    { host: 'pg2', write: false, read: true, check: 'HTTP 503' },
  ])
  expect(proxyBackendsOf('')).toEqual([])
  // while the next check is under way the code of the last one may be away: that is no silence
  const checked = csv.replaceAll(',L7STS,503', ',* L7STS,0')
  expect(checked).not.toBe(csv)
  expect(proxyBackendsOf(checked)[1]).toMatchObject({ host: 'pg2', check: 'L7STS' })
})

test('HAProxy: a page that met a check under way is read again, and a check that hangs does not hold it up', async () => {
  const page = (said: string) => `# pxname,svname,type,status,check_status,check_code,agent\nwrite,pg2,,DOWN,${said},\n`
  const pages = ['* L7STS,0', 'L7STS,503']
  let reads = 0
  const server = createServer((_, response) => response.end(page(pages[Math.min(reads++, pages.length - 1)]!)))
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const endpoint = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  expect((await proxyStats(endpoint, 1_000))[0]!.check).toBe('HTTP 503')
  expect(reads).toBe(2)
  pages.splice(0, 2, '* L7TOUT,0')
  expect((await proxyStats(endpoint, 1_000))[0]!.check).toBe('L7TOUT')
  expect(reads).toBe(5)
})

test('pgBackRest: a stanza without a backup is in order, a broken one is not', () => {
  const stanza = (code: number, message: string, backup: unknown[] = []) =>
    JSON.stringify([
      { name: 'main', status: { code, message }, backup, archive: [{ id: '17-1', min: '0001', max: '0009' }] },
    ])
  expect(backupReadingOf(stanza(2, 'no valid backups'))).toMatchObject({
    stanzaOk: true,
    backups: [],
    archiveMax: '0009',
  })
  expect(backupReadingOf(stanza(3, 'missing stanza data')).stanzaOk).toBe(false)
  expect(backupReadingOf('[]').stanzaOk).toBe(false)
  const full = {
    label: '20260101-000000F',
    type: 'full',
    timestamp: { start: 10, stop: 12 },
    archive: { start: '000000010000000000000001', stop: '000000010000000000000002' },
    lsn: { start: '0/1000028', stop: '0/2000100' },
    info: { size: 5, repository: { delta: 2 } },
    error: false,
  }
  expect(backupReadingOf(stanza(0, 'ok', [full])).backups).toEqual([
    { label: '20260101-000000F', type: 'full', startedAt: 10_000, stoppedAt: 12_000, sizeBytes: 5 },
  ])
})

test('the SQL reading takes what pg hands it: numbers as text, missing walreceiver', () => {
  const reading = postgresReadingOf({
    recovery: false,
    read_only: false,
    timeline: 3,
    lsn: '0/5',
    system_identifier: '7',
    started_at: '1000.4',
    version: '17.6 (Debian 17.6-1)',
    replication: [{ name: 'pg2', state: 'streaming', sync: 'sync', lag: -8, lag_ms: 0.4 }],
    wal_receiver: null,
    archiver: { last: null, at: null, failed: 0, failed_wal: null, failed_at: null },
    slots: [{ name: 'pg2', type: 'physical', active: true, status: null, held: -8 }],
    clock: '2000.6',
  })
  expect(reading).toMatchObject({
    startedAt: 1000,
    clock: 2001,
    slots: [{ name: 'pg2', heldBytes: 0, walStatus: null }],
    version: '17.6',
    replication: [{ applicationName: 'pg2', lagBytes: 0, lagMs: 0 }],
  })
})
