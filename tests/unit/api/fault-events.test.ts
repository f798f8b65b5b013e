import { describe, expect, test } from 'vitest'
import type { FaultRecord } from '../../../src-main/contract/fault.js'
import { faultEvent, tellFaults } from '../../../src-main/api/fault-events.js'

const record: FaultRecord = {
  id: 'f1',
  kind: 'freeze',
  target: 'leader',
  options: {},
  state: 'scheduled',
  appliedAt: 5_000,
  schedule: { dueAt: 5_000, n: 1, of: 1, role: 'leader' },
  by: 'cli',
}

test('what is only scheduled leaves no mark; what happens leaves one on its host', () => {
  expect(faultEvent(record)).toBeNull()
  expect(faultEvent({ ...record, target: 'pg1', state: 'active', appliedAt: 5_004 })).toMatchObject({
    t: 5_004,
    kind: 'fault.applied',
    host: 'pg1',
    text: 'freeze pg1',
  })
})

test('one that failed because nobody had the role is on no host', () => {
  const failed = faultEvent({ ...record, state: 'failed', healedAt: 5_010 })
  expect(failed).toMatchObject({ t: 5_010, kind: 'fault.failed', text: 'failed: freeze leader' })
  expect(failed).not.toHaveProperty('host')
})

describe('what the flight record is told of a fault', () => {
  const active: FaultRecord = {
    id: 'f2',
    kind: 'partition',
    target: 'pg1',
    options: {},
    state: 'active',
    appliedAt: 5_000,
    did: 'Cut pg1 off',
    by: 'cli',
  }
  const unhealed = { ...active, healing: { holds: false, observed: 'its rules are still there' } }
  const kinds = (tell: ReturnType<typeof tellFaults>, ...records: FaultRecord[]) =>
    records.flatMap((each) => tell(each).map(({ kind, text }) => `${kind} ${text}`))

  test('a heal that failed is told as that, and begins no second fault', () => {
    const healing = { ...active, state: 'healing' as const }
    const healed = { ...active, state: 'healed' as const, healedAt: 9_000 }
    expect(kinds(tellFaults([]), active, healing, unhealed, healing, unhealed, active, healed)).toEqual([
      'fault.applied partition pg1',
      'fault.failed not healed: partition pg1',
      'fault.healed healed partition pg1',
    ])
  })

  test('one that ended by another hand is over, and one that was cancelled never was', () => {
    const ended = { ...active, state: 'ended' as const, healedAt: 9_000, healing: { holds: true, observed: 'gone' } }
    expect(kinds(tellFaults([]), active, ended)).toEqual([
      'fault.applied partition pg1',
      'fault.healed over: partition pg1',
    ])
    const { did: _, ...cancelled } = ended
    expect(kinds(tellFaults([]), cancelled)).toEqual([])
  })

  test('a momentary one is told once, as such', () => {
    const [event, ...others] = tellFaults([])({ ...active, kind: 'kill', state: 'ended', healedAt: 5_100 })
    expect(event).toMatchObject({ kind: 'fault.applied', t: 5_000, data: { momentary: true } })
    expect(others).toEqual([])
  })

  test('what an app that is gone could not tell is told by the next, and nothing twice', () => {
    const healed = { ...active, state: 'healed' as const, healedAt: 9_000 }
    const told = tellFaults([])(healed)
    expect(told.map(({ kind, t }) => [kind, t])).toEqual([
      ['fault.applied', 5_000],
      ['fault.healed', 9_000],
    ])
    expect(tellFaults(told)(healed)).toEqual([])
  })
})
