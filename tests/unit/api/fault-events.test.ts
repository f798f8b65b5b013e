import { expect, test } from 'vitest'
import type { FaultRecord } from '../../../src-main/contract/fault.js'
import { faultEvent } from '../../../src-main/api/fault-events.js'

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
