import { describe, expect, test } from 'vitest'
import { faultEvent } from '../../../src-main/api/fault-events.js'
import { repairLab } from '../../../src-main/api/repair.js'
import { curriculum, planned, readCurriculum } from '../../../src-main/api/curriculum.js'
import type { FaultRecord } from '../../../src-main/contract/fault.js'
import type { LabHandle } from '../../../src-main/lab/handle.js'

function labWith(states: Record<string, string>, options: { healFails?: boolean; down?: string[] } = {}) {
  const did: string[] = []
  const act = (verb: string) => (host: string) => Promise.resolve(void did.push(`${verb} ${host}`))
  const handle = {
    info: {
      lab: 'a',
      settings: { patroni: { ttl: 20, synchronous_mode: true } },
      hosts: [
        { name: 'pg1', services: ['etcd', 'patroni'] },
        { name: 'pg2', services: ['etcd', 'patroni'] },
        { name: 'proxy', services: ['haproxy'] },
      ],
    },
    hostStates: () =>
      Promise.resolve(Object.fromEntries(Object.entries(states).map(([host, container]) => [host, { container }]))),
    power: { start: act('start'), unpause: act('unpause') },
    exec: (host: string, argv: string[]) => {
      if (options.down?.includes(host)) return Promise.reject(new Error('host down'))
      did.push(`${host}: ${argv.join(' ')}`)
      return Promise.resolve({ code: 0, stdout: 'Not changed', stderr: '' })
    },
  } as unknown as LabHandle
  const faults = {
    heal: () => (options.healFails ? Promise.reject(new Error('not healed')) : Promise.resolve(did.push('heal'))),
  }
  return { did, repair: (signal = new AbortController().signal) => repairLab(handle, faults as never, signal) }
}

describe('a repair', () => {
  test('heals, starts and thaws hosts, starts services, ends maintenance, sets settings back', async () => {
    const { did, repair } = labWith({ pg1: 'exited', pg2: 'paused', proxy: 'running' })
    await repair()
    expect(did).toEqual([
      'heal',
      'start pg1',
      'unpause pg2',
      'pg1: sv up etcd patroni',
      'pg2: sv up etcd patroni',
      'proxy: sv up haproxy',
      'pg1: patronictl edit-config --force --quiet -s pause=null -s ttl=20 -s synchronous_mode=true',
    ])
  })

  test('goes on with the rest when one part can not be done', async () => {
    const { did, repair } = labWith(
      { pg1: 'running', pg2: 'running', proxy: 'running' },
      { healFails: true, down: ['pg1'] },
    )
    await repair()
    expect(did).toEqual([
      'pg2: sv up etcd patroni',
      'proxy: sv up haproxy',
      'pg2: patronictl edit-config --force --quiet -s pause=null -s ttl=20 -s synchronous_mode=true',
    ])
  })

  test('stops when it is cancelled', async () => {
    const { repair } = labWith({ pg1: 'running' })
    await expect(repair(AbortSignal.abort())).rejects.toThrow('aborted')
  })
})

describe('a fault on the timeline', () => {
  const record: FaultRecord = {
    id: 'f1',
    kind: 'host-crash',
    target: 'pg1',
    options: {},
    state: 'active',
    appliedAt: 100,
    by: 'cli',
  }
  test('is a mark when it took effect and when it healed, at those times', () => {
    expect(faultEvent(record)).toMatchObject({ t: 100, kind: 'fault.applied', host: 'pg1', text: 'host crash pg1' })
    expect(faultEvent({ ...record, state: 'healed', healedAt: 900 })).toMatchObject({ t: 900, kind: 'fault.healed' })
    expect(faultEvent({ ...record, state: 'failed' }, 500)).toMatchObject({ t: 500, kind: 'fault.failed' })
  })
  test('is none on the way', () => {
    for (const state of ['applying', 'healing', 'ended'] as const) expect(faultEvent({ ...record, state })).toBeNull()
  })
})

describe('the curriculum', () => {
  test('has the thirty exercises, each once', async () => {
    const all = await readCurriculum()
    expect(all.map(({ number }) => number)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    expect(planned(all, [{ number: 7 }]).map(({ number }) => number)).not.toContain(7)
  })
  test('what another exercise teaches too is planned no more once that one is there', async () => {
    const all = await readCurriculum()
    const left = (...there: number[]): number[] =>
      planned(
        all,
        there.map((number) => ({ number })),
      ).map(({ number }) => number)
    expect(left(7)).toContain(23)
    expect(left(22)).not.toContain(23)
  })
  test('with a gap is refused', () => {
    const entry = { group: 'Read', minutes: 5, title: 'x' }
    expect(
      curriculum.safeParse([
        { ...entry, number: 1 },
        { ...entry, number: 3 },
      ]).success,
    ).toBe(false)
  })
})
