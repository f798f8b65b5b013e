import { expect, test } from 'vitest'
import { broken, isBroken } from '../../../src-main/faults/broken-hba.js'
import { majorityOf, parseMembers } from '../../../src-main/faults/etcd-members.js'
import { majorityAround } from '../../../src-main/faults/lose-quorum.js'
import { parseStat, pidCommand, serviceOf } from '../../../src-main/faults/processes.js'
import { isRunning, portsIn } from '../../../src-main/faults/services.js'
import { parseSeconds } from '../../../src-main/faults/slow-etcd.js'
import { timelineChosen, timelineName } from '../../../src-main/faults/stray-timeline.js'

test('a process’s state and start are read past a name that holds brackets and spaces', () => {
  const rest = Array.from({ length: 30 }, (_, n) => String(n + 4)).join(' ')
  expect(parseStat(`71 (a) (b c) T ${rest}`)).toEqual({ state: 'T', startedAt: '22' })
})

test('children of PostgreSQL are found by their titles and belong to Patroni’s service', () => {
  const title = /'\^(.*)'$/.exec(pidCommand('walreceiver'))![1]!
  const matches = (text: string): boolean => new RegExp(`^${title}`).test(text)
  expect(matches('postgres: pair-witness: walreceiver streaming 0/343C6A8')).toBe(true)
  expect(matches('postgres: walreceiver ')).toBe(true)
  expect(matches('postgres: pair-witness: walsender replicator 10.77.2.12(60878) streaming 0/343C6A8')).toBe(false)
  expect(matches('postgres: pair-witness: app walreceivers [local] idle')).toBe(false)
  expect(['postgres', 'archiver', 'etcd'].map((name) => serviceOf(name as 'etcd'))).toEqual([
    'patroni',
    'patroni',
    'etcd',
  ])
})

test('members of etcd are read as its own list has them, one that has not started too', () => {
  const listed = `4924f2b4bc5f3347, started, pg1, http://pg1:2380, http://pg1:2379, false
d902ee1bdf776e8d, unstarted, , http://pg2:2380, , false
`
  expect(parseMembers(listed)).toEqual([
    { id: '4924f2b4bc5f3347', name: 'pg1', started: true, peerUrl: 'http://pg1:2380' },
    { id: 'd902ee1bdf776e8d', name: '', started: false, peerUrl: 'http://pg2:2380' },
  ])
  expect(parseMembers('')).toEqual([])
})

test.each([
  [['pg1', 'pg2', 'witness'], 'witness', ['witness', 'pg1']],
  [['pg1', 'pg2', 'pg3', 'w1', 'w2'], 'pg2', ['pg2', 'pg1', 'pg3']],
  [['pg1', 'pg2', 'w1', 'w2'], 'w1', ['w1', 'pg1', 'pg2']],
  [['pg1'], 'pg1', ['pg1']],
])('of %j around %s, %j are a majority', (members, target, down) => {
  expect(majorityAround(target, members)).toEqual(down)
  expect(members.length - down.length).toBeLessThan(majorityOf(members.length))
})

test('ports with a listener are read, whatever address they listen on', () => {
  const listed = `LISTEN 0      4096               *:2379            *:*
LISTEN 0      128          0.0.0.0:8008      0.0.0.0:*
LISTEN 0      128             [::]:8008         [::]:*
`
  expect(portsIn(listed)).toEqual([2379, 8008])
  expect(portsIn('')).toEqual([])
})

test('a service that its supervisor wants down, or that is between two lives, does not run', () => {
  expect(isRunning('run: etcd: (pid 71) 12s')).toBe(true)
  expect(isRunning('down: etcd: 3s, normally up')).toBe(false)
  expect(isRunning('fail: etcd: unable to change to service directory')).toBe(false)
})

test('answer times come as seconds and are compared as milliseconds, the slowest first', () => {
  expect(parseSeconds('0.004012\n0.412\n0.1\n')).toEqual([412, 100, 4])
})

const hba = [
  'local all postgres peer map=host',
  'host all all 127.0.0.1/32 scram-sha-256',
  'host replication replicator 127.0.0.1/32 scram-sha-256',
  'hostssl  replication replicator 10.77.2.0/24 scram-sha-256',
  'host all all 10.77.2.0/24 scram-sha-256',
]
test('a pg_hba without standbys keeps everybody else, Patroni’s question to itself too', () => {
  const without = broken(hba, 'replication', 'app')
  expect(without).toEqual(hba.filter((_, n) => n !== 3))
  expect([isBroken(hba, 'replication', 'app'), isBroken(without, 'replication', 'app')]).toEqual([false, true])
})

test('a pg_hba without clients refuses their database before any line lets them in', () => {
  const without = broken(hba, 'clients', 'app')
  expect(without).toEqual(['host app all all reject', ...hba])
  expect([isBroken(hba, 'clients', 'app'), isBroken(without, 'clients', 'app')]).toEqual([false, true])
})

test('the timeline that a promotion chose is the last one in the log, and names its files', () => {
  expect(timelineChosen('LOG:  selected new timeline ID: 2\nLOG:  x\nLOG:  selected new timeline ID: 26\n')).toBe(26)
  expect(timelineChosen('LOG:  received promote request\n')).toBeNull()
  expect(timelineName(26)).toBe('0000001A')
})
