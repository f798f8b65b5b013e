import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ExecResult } from '../../../src-main/lab/handle.js'
import { placeOf } from '../../../src-main/faults/archive-command.js'
import { createFaults, type Faults } from '../../../src-main/faults/index.js'
import { fakeLab, knowing } from './fake-lab.js'

let lab: Awaited<ReturnType<typeof fakeLab>>
let faults: Faults
beforeEach(async () => {
  lab = await fakeLab()
  faults = await createFaults({ lab, observer: knowing('pg1', ['pg2']) })
})
afterEach(async () => {
  await faults.close()
  await rm(lab.dir, { recursive: true, force: true })
})

const mebi = 1024 ** 2
const said = (stdout: string, code = 0): ExecResult => ({ code, stdout, stderr: code === 0 ? '' : 'no room' })

/** A host with a WAL disk of 100 MiB, and none for data. `taken`: bytes that PostgreSQL takes while nobody looks. */
function withWalDisk(used: number, taken: number[] = []): { used: number; ballast: number | null } {
  const disk: { used: number; ballast: number | null } = { used, ballast: null }
  const free = (): number => 100 * mebi - disk.used - (disk.ballast ?? 0)
  lab.exec = async (_host, [command, ...args]) => {
    const path = args.at(-1)!
    if (command === 'df') {
      const row = path.startsWith('/var/lib/postgresql/wal')
        ? `/var/lib/postgresql/wal ${100 * mebi} ${free()}`
        : `/ ${1e12} 5e11`
      disk.used += taken.shift() ?? 0
      return said(`Mounted on 1B-blocks Avail\n${row}\n`)
    }
    if (command === 'fallocate') {
      if (Number(args[1]) > free()) return said('', 1)
      disk.ballast = Number(args[1])
    }
    if (command === 'test') return said('', disk.ballast === null ? 1 : 0)
    return said('')
  }
  return disk
}

test('a host without a disk of its own is refused, and the topology that has them is named', async () => {
  withWalDisk(0)
  await expect(faults.inject({ kind: 'disk-full', target: 'pg1' })).rejects.toMatchObject({
    code: 'fault-refused',
    said: { why: expect.stringMatching(/^pg1 has no data disk of its own: .*pair-small-disks/) },
  })
  expect(faults.list()).toEqual([])
})

test('a disk is filled to what shall be left, also when PostgreSQL takes some of it meanwhile', async () => {
  // asked: by the precondition, before the first try, before the second
  const disk = withWalDisk(10 * mebi, [0, 30 * mebi])
  const record = await faults.inject({ kind: 'disk-full', target: 'pg1', options: { which: 'wal', leaveMiB: 20 } })
  expect(disk.ballast).toBe(40 * mebi)
  expect(record).toMatchObject({ state: 'active', effect: { observed: 'the kernel says 20 of 100 MiB free' } })
})

test('a disk that is fuller than it is to become is refused', async () => {
  withWalDisk(95 * mebi)
  const request = { kind: 'disk-full', target: 'pg1', options: { which: 'wal', leaveMiB: 10 } }
  await expect(faults.inject(request)).rejects.toThrow('no more than that is free: 5 of 100 MiB free')
})

test('room that somebody made by hand ends the fault; a host that is down keeps its full disk', async () => {
  const disk = withWalDisk(0)
  const { id } = await faults.inject({ kind: 'disk-full', target: 'pg1', options: { which: 'wal' } })
  const seen = async (): Promise<string | undefined> => {
    const later = await createFaults({ lab })
    await later.close()
    return later.list().find((record) => record.id === id)?.state
  }
  lab.states['pg1'] = { container: 'exited', since: 1 }
  expect(await seen()).toBe('active')
  lab.states['pg1'] = { container: 'running', since: 2 }
  expect(await seen()).toBe('active')
  disk.ballast = null
  expect(await seen()).toBe('ended')
})

test('a backup can be damaged only where backups are kept, and once there is one', async () => {
  await expect(faults.inject({ kind: 'damaged-backup', target: 'pg1' })).rejects.toThrow('not here but on backup')
  lab.exec = () => Promise.resolve(said('[{"backup":[{"type":"incr","label":"1F_2I"}]}]'))
  await expect(faults.inject({ kind: 'damaged-backup', target: 'backup' })).rejects.toThrow(
    'no full backup is there yet',
  )
})

test('a clock that is hardly wrong is refused, as nobody could tell', async () => {
  const request = { kind: 'clock-skew', target: 'pg1', options: { seconds: -5 } }
  await expect(faults.inject(request)).rejects.toThrow('at least 30 s, ahead or behind')
})

test.each([
  ['00000001000000000000000A', '000000000000000A'],
  ['00000003000000000000000A', '000000000000000A'],
  ['00000002000000000000000A.partial', ''],
  ['00000003.history', ''],
])('the place of %s in the log is "%s"', (segment, place) => expect(placeOf(segment)).toBe(place))
