import { describe, expect, test } from 'vitest'
import type { FaultRecord } from '../../../src-main/contract/fault.js'
import {
  fieldHere,
  groupedKinds,
  optionFields,
  optionProblem,
  optionValues,
  optionWords,
} from '../../../src-renderer/workspace/fault-kinds.js'
import { dueWords, noSchedule, readSchedule, sortedFaults } from '../../../src-renderer/workspace/fault-schedule.js'
import { targetsFor } from '../../../src-renderer/workspace/fault-targets.js'
import { infoOf } from '../../../src-main/faults/fault.js'
import { partition } from '../../../src-main/faults/partition.js'
import { failoverState } from '../../support/recorded-failover.js'
import { manyKinds } from '../../support/gallery/kinds.js'

describe('the kinds in the dialog', () => {
  test('come in groups, in the contract’s order', () => {
    expect(groupedKinds(manyKinds, '').map(({ title }) => title)).toEqual([
      'Hosts',
      'Processes',
      'Network',
      'Storage',
      'Consensus',
      'People',
    ])
  })

  test('are narrowed by every typed word, in their name, group or summary', () => {
    const names = (typed: string) =>
      groupedKinds(manyKinds, typed).flatMap(({ kinds }) => kinds.map(({ kind }) => kind))
    expect(names('archive')).toEqual(['archive-slow', 'archive-failing'])
    expect(names('Archive  slow')).toEqual(['archive-slow'])
    expect(names('network reject')).toEqual([])
    expect(names('wal disk')).toContain('wal-disk-full')
  })
})

describe('options as a form', () => {
  const fields = optionFields(infoOf(partition).options)

  test('lists of hosts and lists of known words are chosen, not typed', () => {
    expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
      ['from', 'hosts'],
      ['with', 'hosts'],
      ['direction', 'choice'],
      ['services', 'several'],
      ['action', 'choice'],
    ])
    expect(fields.find(({ name }) => name === 'services')!.choices).toContain('etcd')
  })

  test('what was chosen goes out as lists, and what was left alone is left to its default', () => {
    expect(optionValues(fields, { from: 'pg2, witness', services: 'etcd' })).toEqual({
      from: ['pg2', 'witness'],
      services: ['etcd'],
      direction: 'both',
      action: 'drop',
    })
  })

  test('are named in words, and offer the services that the lab runs', () => {
    expect(['graceSeconds', 'leaveMiB', 'jitterMs', 'from'].map(optionWords)).toEqual([
      'grace seconds',
      'leave MiB',
      'jitter ms',
      'from',
    ])
    const services = fields.find(({ name }) => name === 'services')!
    const here = ['etcd', 'patroni', 'postgres', 'pgbackrest']
    expect(fieldHere(services, ['etcd', 'patroni', 'pgbackrest']).choices).toEqual(here)
    expect(fieldHere(services, null), 'not known yet').toEqual(services)
  })

  test('start with a service that runs here', () => {
    const down = { properties: { service: { type: 'string', enum: ['haproxy', 'etcd', 'patroni'] } } }
    const [service] = optionFields(down)
    expect(service!.start).toBe('haproxy')
    expect(fieldHere(service!, ['etcd', 'patroni']).start).toBe('etcd')
    expect(fieldHere(service!, ['etcd', 'haproxy']).start).toBe('haproxy')
  })

  test('what is no number is said beside its field, before it is sent', () => {
    const [seconds] = optionFields({ properties: { everySeconds: { type: 'number', default: 5 } } })
    expect(optionProblem(seconds!, 'soon')).toBe('every seconds wants a number, for example 5')
    expect([optionProblem(seconds!, ''), optionProblem(seconds!, ' 2.5 ')]).toEqual([null, null])
  })

  test('are accepted as they are when nothing was touched', () => {
    expect(partition.options.safeParse(optionValues(fields, {})).success).toBe(true)
  })
})

describe('targets', () => {
  const hosts = ['pg1', 'pg2', 'witness', 'backup', 'proxy']
  const state = failoverState(700)

  test('are hosts, then roles with who has them now; a host of a role’s name comes first', () => {
    const { roles } = targetsFor({ targets: 'any-host' }, hosts, ['pg1', 'pg2'], state)
    expect(roles.map(({ target, now }) => [target, now])).toEqual([
      ['leader', 'pg1'],
      ['sync-standby', 'pg2'],
      ['any-replica', 'pg2'],
      ['etcd-leader', 'witness'],
    ])
  })

  test('of kinds that need data are data hosts and their roles', () => {
    const targets = targetsFor({ targets: 'data-host' }, hosts, ['pg1', 'pg2'], state)
    expect([...targets.hosts, ...targets.roles].map(({ target }) => target)).toEqual([
      'pg1',
      'pg2',
      'leader',
      'sync-standby',
      'any-replica',
    ])
  })
})

describe('a schedule', () => {
  test('is sent only when something was typed, in ms', () => {
    expect(readSchedule(noSchedule)).toMatchObject({ schedule: undefined, problem: null })
    expect(readSchedule({ after: '10', for: '4,5', every: '30', times: '5' })).toEqual({
      schedule: { afterMs: 10_000, forMs: 4_500, everyMs: 30_000, times: 5 },
      problem: null,
      words: 'In 10.0 s, for 4.5 s, 5 times, every 30.0 s.',
    })
  })

  test('that makes no sense says why, before it is sent', () => {
    const problem = (typed: Partial<typeof noSchedule>) => readSchedule({ ...noSchedule, ...typed }).problem
    expect(problem({ times: '5' })).toContain('needs “every”')
    expect(problem({ every: '30' })).toContain('needs “times”')
    expect(problem({ for: '30', every: '30', times: '2' })).toContain('shorter')
    expect(problem({ after: 'soon' })).toContain('seconds')
    expect(problem({ times: '1.5' })).toContain('whole number')
    expect(problem({ after: '0', for: '43' })).toBeNull()
  })

  test('of a record says when it happens, or when it ends by itself', () => {
    const record: FaultRecord = {
      id: 'f1',
      kind: 'freeze',
      target: 'leader',
      options: {},
      state: 'scheduled',
      appliedAt: 60_000,
      by: 'learner',
      schedule: { dueAt: 60_000, forMs: 10_000, n: 2, of: 5, role: 'leader' },
    }
    expect(dueWords(record, 30_000)).toBe('in 30 s, for 10.0 s, 2 of 5')
    expect(dueWords({ ...record, state: 'active' }, 63_000)).toBe('heals by itself in 7 s, 2 of 5')
    expect(dueWords({ ...record, state: 'healed' }, 63_000)).toBeNull()
  })
})

test('a fault that failed is not counted as active, and is news for ten minutes', () => {
  const record = { kind: 'crash', target: 'pg1', options: {}, appliedAt: 1_000, by: 'learner' as const }
  const faults: FaultRecord[] = [
    { ...record, id: 'f1', state: 'failed', healedAt: 2_000 },
    { ...record, id: 'f2', state: 'active' },
    { ...record, id: 'f3', state: 'healed', healedAt: 2_000 },
  ]
  const ids = (now: number) => Object.values(sortedFaults(faults, now)).map((list) => list.map(({ id }) => id))
  expect(ids(10_000)).toEqual([['f2'], [], ['f1']])
  expect(ids(700_000)).toEqual([['f2'], [], []])
})
