import { createRouterClient } from '@orpc/server'
import { describe, expect, test, vi } from 'vitest'
import type { Parts } from '../../../src-main/api/app.js'
import { latest } from '../../../src-main/api/pace.js'
import { createRouter } from '../../../src-main/api/router.js'
import type { LabSession } from '../../../src-main/api/session.js'
import type { PitrView } from '../../../src-main/contract/backup.js'
import { unknownHost, unknownLab } from '../../../src-main/contract/errors.js'
import type { ClusterState } from '../../../src-main/contract/cluster.js'
import type { LabRecord } from '../../../src-main/contract/record.js'

const silent = { value: null, at: null, stale: true }
const state = (lab: string): ClusterState => ({
  lab,
  at: 1,
  hosts: [],
  leader: null,
  dcs: silent,
  etcd: silent,
  proxy: silent,
  backup: silent,
  probe: null,
  faults: [],
})

function fakeSession(lab: string) {
  const ending = new AbortController()
  const states = new Set<(state: ClusterState) => void>()
  const appends = new Set<(record: LabRecord) => void>()
  const records: LabRecord[] = []
  const session = {
    lab,
    ended: ending.signal,
    state: () => state(lab),
    onState: (listener: (state: ClusterState) => void) => {
      states.add(listener)
      return () => void states.delete(listener)
    },
    recorder: {
      all: () => records,
      onAppend: (listener: (record: LabRecord) => void) => {
        appends.add(listener)
        return () => void appends.delete(listener)
      },
    },
    probe: { stats: () => null, stop: () => Promise.resolve(null) },
    faults: {
      list: () => [],
      inject: () => Promise.reject(unknownHost('pg9', ['pg1'])),
      heal: () => Promise.reject(new TypeError('boom')),
    },
  } as unknown as LabSession
  return { session, ending, states, appends }
}

function clientWith(fake: ReturnType<typeof fakeSession>) {
  const parts = {
    home: () => Promise.reject(new Error('not asked for here')),
    sessions: {
      get: (lab: string) =>
        lab === fake.session.lab ? Promise.resolve(fake.session) : Promise.reject(unknownLab(lab, ['a'])),
      peek: () => null,
      close: () => Promise.resolve(),
      closeAll: () => Promise.resolve(),
    },
    attempts: { get: vi.fn<() => never>() },
    terminals: { list: () => [], ack: vi.fn<(...args: unknown[]) => void>() },
    homeScreen: { poke: () => undefined, watch: () => latest(() => () => undefined) },
    image: { running: () => false },
    boots: new Set<string>(),
  } as unknown as Parts
  const from = (elsewhere: boolean) =>
    createRouterClient(createRouter(parts), { context: { client: 'c-1', elsewhere } })
  return { parts, client: from(false), remote: from(true) }
}

describe('errors', () => {
  const { client } = clientWith(fakeSession('a'))
  test('of a call are the contract’s', async () => {
    await expect(client.faults.inject({ lab: 'a', kind: 'crash', target: 'pg9' })).rejects.toMatchObject({
      code: 'DOJO',
      defined: true,
      data: { code: 'unknown-host', what: 'No host "pg9" in this lab' },
    })
  })
  test('that nobody expected are `internal`, with a reference', async () => {
    await expect(client.faults.heal({ lab: 'a' })).rejects.toMatchObject({
      data: { code: 'internal', why: 'boom', next: expect.stringMatching(/reference [0-9a-f]{8}$/) },
    })
  })
  test('of input that does not fit name the field, and nothing was done', async () => {
    await expect(client.faults.inject({ lab: '../a', kind: 'crash', target: 'pg1' })).rejects.toMatchObject({
      data: { code: 'usage', why: expect.stringContaining('lab: a lower-case letter') },
    })
    await expect(client.probe.start({ lab: 'a', rate: 1e9 })).rejects.toMatchObject({ data: { code: 'usage' } })
  })
  test('before a stream’s first value are the contract’s as well', async () => {
    const stream = await client.cluster.watch({ lab: 'b' })
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ data: { code: 'unknown-lab' } })
  })
  test('a probe that was never started can’t be stopped, and says so', async () => {
    await expect(client.probe.stop({ lab: 'a' })).rejects.toMatchObject({ data: { code: 'not-yet' } })
  })
})

test('who comes from another machine writes no folder here', async () => {
  const { client, remote } = clientWith(fakeSession('a'))
  const request = { lab: 'a', as: 'config', folder: '/tmp/never' } as const
  await expect(remote.labs.export(request)).rejects.toMatchObject({
    data: { code: 'folder-unfit', next: expect.stringContaining('dojo export a DIR --as config') },
  })
  await expect(client.labs.export(request)).rejects.toMatchObject({ data: { why: 'not asked for here' } })
})

describe('streams', () => {
  test('begin with a snapshot, and stop listening when their reader goes', async () => {
    const fake = fakeSession('a')
    const { client } = clientWith(fake)
    const stop = new AbortController()
    const stream = await client.cluster.watch({ lab: 'a' }, { signal: stop.signal })
    const values = stream[Symbol.asyncIterator]()
    expect((await values.next()).value).toEqual(state('a'))
    expect(fake.states.size).toBe(1)
    const waits = values.next()
    stop.abort()
    expect((await waits).done).toBe(true)
    expect(fake.states.size).toBe(0)
  })

  test.each(['cluster', 'records'] as const)('of %s end when the lab goes, and say why', async (group) => {
    const fake = fakeSession('a')
    const { client } = clientWith(fake)
    const values = (await client[group].watch({ lab: 'a' }))[Symbol.asyncIterator]()
    await values.next()
    const waits = values.next()
    fake.ending.abort()
    await expect(waits).rejects.toMatchObject({ data: { code: 'unknown-lab' } })
    expect(fake.states.size + fake.appends.size).toBe(0)
  })
})

describe('the stream of a recovery', () => {
  const view = (state: PitrView['state']): PitrView => ({
    mode: 'beside',
    target: { kind: 'xid', value: '752', exclusive: true },
    backup: '20261126-140000F',
    spare: 'backup',
    leader: null,
    state,
    steps: [],
    startedAt: 1,
    endedAt: null,
    error: null,
    use: [],
  })
  function recovering() {
    const fake = fakeSession('a')
    const listeners = new Set<(view: PitrView) => void>()
    const reads: { resolve: (view: PitrView | null) => void; reject: (error: unknown) => void }[] = []
    const backups = {
      pitr: () => new Promise<PitrView | null>((resolve, reject) => reads.push({ resolve, reject })),
      onPitr: (listener: (view: PitrView) => void) => {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    }
    Object.assign(fake.session, { backups })
    const watch = async () => {
      const values = (await clientWith(fake).client.pitr.watch({ lab: 'a' }))[Symbol.asyncIterator]()
      const first = values.next()
      await vi.waitFor(() => expect(reads).toHaveLength(1))
      return { first, values, read: reads[0]! }
    }
    return { listeners, watch }
  }

  test('begins with what is kept', async () => {
    const { listeners, watch } = recovering()
    const { first, values, read } = await watch()
    read.resolve(view('running'))
    expect((await first).value).toEqual(view('running'))
    const next = values.next()
    for (const listener of listeners) listener(view('done'))
    expect((await next).value).toEqual(view('done'))
  })

  test('does not miss an end that comes while it reads, nor goes back behind it', async () => {
    const { listeners, watch } = recovering()
    const { first, values, read } = await watch()
    for (const listener of listeners) listener(view('done'))
    read.resolve(view('running'))
    expect((await first).value).toEqual(view('done'))
    const next = values.next()
    await new Promise((resolve) => setTimeout(resolve)) // what was read has come by now, and is not given
    for (const listener of listeners) listener(view('removed'))
    expect((await next).value).toEqual(view('removed'))
  })

  test('ends with the reason when nothing can be read', async () => {
    const { listeners, watch } = recovering()
    const { first, read } = await watch()
    read.reject(unknownLab('a', []))
    await expect(first).rejects.toMatchObject({ data: { code: 'unknown-lab' } })
    expect(listeners.size).toBe(0)
  })
})

test('acknowledgements carry the name of their connection: two windows on one terminal do not mix', async () => {
  const { client, parts } = clientWith(fakeSession('a'))
  await client.terminals.ack({ id: 't-1', upTo: 10 })
  expect(parts.terminals.ack).toHaveBeenCalledExactlyOnceWith('t-1', 10, 'c-1')
})
