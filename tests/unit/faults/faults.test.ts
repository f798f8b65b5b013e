import { appendFile, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FaultRecord } from '../../../src-main/contract/fault.js'
import { faultKindInfo } from '../../../src-main/contract/fault.js'
import { createFaults, faultKinds, type Faults } from '../../../src-main/faults/index.js'
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

const lines = async (): Promise<{ record: FaultRecord }[]> =>
  (await readFile(join(lab.dir, 'faults.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { record: FaultRecord })
const states = async (): Promise<string[]> => (await lines()).map(({ record }) => `${record.kind} ${record.state}`)

test('every kind says what it is, and documents every option', () => {
  for (const { info } of faultKinds) {
    faultKindInfo.parse(info)
    expect(info.action).toContain('{host}')
    const { properties = {} } = info.options as { properties?: Record<string, { description?: string }> }
    for (const [name, option] of Object.entries(properties))
      expect(option.description, `${info.kind}.${name}`).toBeTruthy()
  }
  expect(new Set(faultKinds.map(({ kind }) => kind)).size).toBe(faultKinds.length)
})

test('a crash is on the disk before it happens, proven after, and healed by a start', async () => {
  lab.power.kill = async (host) => {
    expect(await states()).toEqual(['crash applying'])
    lab.states[host] = { container: 'exited', since: Date.now(), how: 'killed' }
  }
  const record = await faults.inject({ kind: 'crash', target: 'pg1' })
  expect(record).toMatchObject({ state: 'active', target: 'pg1', by: 'learner', effect: { holds: true } })
  expect(record.did).toBe('Killed every process on pg1 at once')
  const [healed] = await faults.heal(record.id)
  expect(healed).toMatchObject({ state: 'healed', healing: { holds: true } })
  expect(await states()).toEqual(['crash applying', 'crash active', 'crash healing', 'crash healed'])
})

test.each([
  ['leader', 'pg1'],
  ['sync-standby', 'pg2'],
  ['any-replica', 'pg2'],
  ['witness', 'witness'],
  ['etcd-leader', 'witness'],
])('the role %s means %s', async (role, host) => {
  expect(await faults.inject({ kind: 'freeze', target: role })).toMatchObject({ target: host })
})

test('a role that nobody has is refused, and nothing is done', async () => {
  const leaderless = await createFaults({ lab, observer: knowing(null) })
  await expect(leaderless.inject({ kind: 'crash', target: 'leader' })).rejects.toMatchObject({ code: 'fault-refused' })
  await leaderless.close()
  expect(lab.done).toEqual([])
})

test.each([
  [{ kind: 'flood', target: 'pg1' }, 'unknown-fault', 'crash, stop, freeze'],
  [{ kind: 'crash', target: 'pg9' }, 'unknown-host', 'pg1, pg2, witness, backup'],
  [{ kind: 'stop', target: 'pg1', options: { graceSeconds: -1 } }, 'usage', 'graceSeconds'],
  [{ kind: 'stop', target: 'pg1', options: { grace: 1 } }, 'usage', 'grace'],
  [{ kind: 'kill', target: 'pg1' }, 'usage', 'process'],
  [{ kind: 'start', target: 'pg1' }, 'fault-refused', 'pg1 is running'],
  [{ kind: 'kill', target: 'witness', options: { process: 'postgres' } }, 'fault-refused', 'no postgres'],
  [{ kind: 'kill', target: 'pg1', options: { process: 'archiver', signal: 'TERM' } }, 'fault-refused', 'use KILL'],
  [{ kind: 'service-down', target: 'witness', options: { service: 'haproxy' } }, 'fault-refused', 'no haproxy'],
  [{ kind: 'restart-loop', target: 'backup', options: { process: 'etcd' } }, 'fault-refused', 'no etcd'],
  [{ kind: 'lose-member', target: 'backup' }, 'fault-refused', 'no member of etcd'],
  [{ kind: 'lose-quorum', target: 'backup' }, 'fault-refused', 'no member of etcd'],
  [{ kind: 'forgotten-pause', target: 'pg1' }, 'fault-refused', 'no member of etcd can say'],
  [{ kind: 'promote', target: 'witness' }, 'fault-refused', 'a host with PostgreSQL'],
  [{ kind: 'orphan-slot', target: 'pg1', options: { slot: "x'; --" } }, 'usage', 'lower-case'],
])('%j is refused as %s before anything is done', async (request, code, word) => {
  const failure: unknown = await faults.inject(request).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code, message: expect.stringContaining(word) })
  expect(lab.done).toEqual([])
  expect(faults.list()).toEqual([])
})

test('a second fault on a host that is down or frozen is refused, and says by which fault', async () => {
  const { id } = await faults.inject({ kind: 'freeze', target: 'pg1' })
  await expect(faults.inject({ kind: 'crash', target: 'pg1' })).rejects.toThrow(`frozen by fault freeze (${id})`)
  await faults.heal()
  await faults.inject({ kind: 'stop', target: 'pg1' })
  await expect(faults.inject({ kind: 'crash', target: 'pg1' })).rejects.toThrow('pg1 is down already, by fault stop')
})

test('a host whose container is gone can neither be broken nor started, and nobody is told to start it', async () => {
  lab.states['pg1'] = { container: 'missing', since: 1 }
  for (const kind of ['crash', 'start']) {
    const failure: unknown = await faults.inject({ kind, target: 'pg1' }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'fault-refused', said: { next: expect.stringContaining('dojo down') } })
  }
})

test('starting a host heals what took it down', async () => {
  await faults.inject({ kind: 'crash', target: 'pg1' })
  await faults.inject({ kind: 'crash', target: 'pg2' })
  const started = await faults.inject({ kind: 'start', target: 'pg1' })
  expect(started.state).toBe('ended')
  expect(faults.list().map(({ kind, target, state }) => `${kind} ${target} ${state}`)).toEqual([
    'crash pg1 healed',
    'crash pg2 active',
    'start pg1 ended',
  ])
})

test('a host that was started by hand has ended its crash, also for an app that was not there', async () => {
  await faults.inject({ kind: 'crash', target: 'pg1' })
  lab.states['pg1'] = { container: 'running', since: Date.now() }
  const later = await createFaults({ lab })
  expect(later.list()).toMatchObject([
    { state: 'ended', healing: { holds: true, observed: 'pg1 is back, by another hand' } },
  ])
  await later.close()
})

test.each([
  ['exited', 'active'],
  ['running', 'failed'],
] as const)(
  'an app that died between written and applied: a host that is %s makes the record %s',
  async (container, state) => {
    const record: FaultRecord = {
      id: 'f1',
      kind: 'crash',
      target: 'pg1',
      options: {},
      state: 'applying',
      appliedAt: 1,
      by: 'learner',
    }
    await appendFile(join(lab.dir, 'faults.jsonl'), `${JSON.stringify({ record })}\n{"record":{"id":"f2","ki`)
    lab.states['pg1'] = { container, since: 2 }
    const later = await createFaults({ lab })
    expect(later.list()).toMatchObject([{ id: 'f1', state }])
    await later.close()
  },
)

test('what an app did half stays in sight, and can be healed', async () => {
  const record = { id: 'f1', kind: 'crash', target: 'pg1', options: {}, state: 'applying', appliedAt: 1, by: 'cli' }
  await appendFile(join(lab.dir, 'faults.jsonl'), `${JSON.stringify({ record })}\n`)
  const { exec } = lab
  lab.exec = () => Promise.resolve({ code: 1, stdout: 'down: etcd: 3s\n', stderr: '' })
  const later = await createFaults({ lab })
  expect(later.list()).toMatchObject([
    { state: 'active', effect: { holds: false, observed: expect.stringMatching(/in the middle of it: .*down: etcd/) } },
  ])
  const { start } = lab.power
  lab.power.start = async (host) => {
    await start(host)
    lab.exec = exec
  }
  expect(await later.heal('f1')).toMatchObject([{ state: 'healed', healing: { holds: true } }])
  await later.close()
})

test('what another process that lives has begun is its own to finish', async () => {
  const record: FaultRecord = {
    id: 'f1',
    kind: 'crash',
    target: 'pg1',
    options: {},
    state: 'applying',
    appliedAt: 1,
    by: 'cli',
  }
  await appendFile(join(lab.dir, 'faults.jsonl'), `${JSON.stringify({ record, pid: process.ppid })}\n`)
  const later = await createFaults({ lab })
  expect(later.list()).toMatchObject([{ id: 'f1', state: 'applying' }])
  await later.close()
})

test('a fault whose effect does not show is failed, undone and an error', async () => {
  lab.fail.power = true
  await expect(faults.inject({ kind: 'freeze', target: 'pg1' })).rejects.toMatchObject({ code: 'fault-without-effect' })
  expect(faults.list()).toMatchObject([{ state: 'failed', effect: { holds: false, observed: 'the engine said no' } }])
  expect(lab.done).toEqual(['pause pg1', 'unpause pg1'])
})

test('a fault that can’t be healed stays active and is an error; the others are healed', async () => {
  await faults.inject({ kind: 'crash', target: 'pg1' })
  await faults.inject({ kind: 'freeze', target: 'pg2' })
  const start = lab.power.start
  lab.power.start = () => Promise.reject(new Error('the engine said no'))
  await expect(faults.heal()).rejects.toMatchObject({ code: 'heal-without-effect' })
  expect(faults.list().map(({ state }) => state)).toEqual(['active', 'healed'])
  lab.power.start = start
  expect(await faults.heal()).toMatchObject([{ target: 'pg1', state: 'healed' }])
  await expect(faults.heal('f0')).rejects.toMatchObject({ code: 'unknown-fault' })
})

test('what another process did to the ledger is seen before anything is done', async () => {
  const other = await createFaults({ lab })
  const { id } = await other.inject({ kind: 'crash', target: 'pg2', by: 'cli' })
  await other.close()
  expect(await faults.heal(id)).toMatchObject([{ id, state: 'healed', by: 'cli' }])
})

test('listeners hear every change in order', async () => {
  const heard: string[] = []
  const leave = faults.onChange(({ state }) => heard.push(state))
  await faults.inject({ kind: 'freeze', target: 'pg1' })
  leave()
  await faults.heal()
  expect(heard).toEqual(['applying', 'active'])
})

test('what somebody mends by hand is noticed by the role that changes, though no container did', async () => {
  let tell: (state: unknown) => void = () => undefined
  const known = knowing('pg1', ['pg2']) as { onState: (listener: (state: unknown) => void) => () => void }
  known.onState = (listener) => {
    tell = listener
    return () => undefined
  }
  const watching = await createFaults({ lab, observer: known as never })
  const { id } = await watching.inject({ kind: 'freeze', target: 'pg2' })
  const stateOf = () => watching.list().find((record) => record.id === id)?.state
  const seen = (note: string) =>
    tell({ hosts: [{ engine: { value: { container: 'running', since: 1 } }, role: 'replica', note }] })
  const asked = vi.spyOn(lab, 'hostStates')
  seen('not streaming')
  await vi.waitFor(() => expect(asked).toHaveBeenCalled())
  await Promise.all(asked.mock.results.map(({ value }) => value as Promise<unknown>))
  lab.states['pg2'] = { container: 'running', since: 1 }
  await vi.waitFor(() => {
    seen('streaming from pg1')
    expect(stateOf()).toBe('ended')
  })
  await watching.close()
})
