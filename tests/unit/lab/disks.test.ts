import { expect, test } from 'vitest'
import { disksOf, pgdata, waldir } from '../../../src-main/lab/plan.js'
import { loadTopology } from '../../../src-main/lab/topology-file.js'
import { topologyOf } from './plan-of.js'

test('a host has the disks that its topology gives it, and only those', async () => {
  const small = await loadTopology('pair-small-disks')
  expect(disksOf(small, 'pg2').map(({ host, name, bytes }) => ({ host, name, bytes }))).toEqual([
    { host: 'pg2', name: 'data', bytes: 256 * 1024 ** 2 },
    { host: 'pg2', name: 'wal', bytes: 256 * 1024 ** 2 },
  ])
  expect(disksOf(small, 'witness')).toEqual([])
  expect(disksOf(await loadTopology('pair-witness'), 'pg1')).toEqual([])
})

test('PostgreSQL may remove and make again what is on a disk: nothing of it is where the disk is mounted', () => {
  const topology = topologyOf({ pg1: { address: 11, at: [0, 0], services: ['patroni'], disk: '1Gi', walDisk: '1Gi' } })
  const [data, wal] = disksOf(topology, 'pg1')
  expect(pgdata.startsWith(`${data!.path}/`)).toBe(true)
  expect(waldir.startsWith(`${wal!.path}/`)).toBe(true)
  expect(pgdata.startsWith(`${wal!.path}/`)).toBe(false)
})
