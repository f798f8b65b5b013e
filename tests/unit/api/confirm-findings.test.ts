import { expect, test } from 'vitest'
import { confirmation } from '../../../src-main/api/confirm-findings.js'
import type { HealthFinding, HealthReport } from '../../../src-main/contract/health.js'

const finding = (rule: string, more: Partial<HealthFinding> = {}): HealthFinding => ({
  rule,
  subsystem: 'postgres',
  host: 'pg1',
  severity: 'critical',
  text: 'it is wrong',
  since: null,
  next: 'look',
  ...more,
})
const report = (at: number, ...findings: HealthFinding[]): HealthReport => ({
  lab: 'a',
  topology: 'pair',
  at,
  healthy: findings.length === 0,
  findings,
  areas: [],
})

test('a finding is told once it was seen for a while, and one that was gone meanwhile begins anew', () => {
  const { isConfirmed } = confirmation()
  expect(isConfirmed(report(0))).toBe(true)
  expect(isConfirmed(report(0, finding('no-leader')))).toBe(false)
  expect(isConfirmed(report(1_600, finding('no-leader')))).toBe(true)
  expect(isConfirmed(report(1_700))).toBe(true)
  expect(isConfirmed(report(1_800, finding('no-leader')))).toBe(false)
})

test('a source that never answered may be slow to connect: that takes longer', () => {
  const { isConfirmed } = confirmation()
  expect(isConfirmed(report(0, finding('postgres-down')))).toBe(false)
  expect(isConfirmed(report(3_000, finding('postgres-down')))).toBe(false)
  expect(isConfirmed(report(6_100, finding('postgres-down')))).toBe(true)
  const answered = confirmation()
  expect(answered.isConfirmed(report(0, finding('postgres-down', { since: -20_000 })))).toBe(false)
  expect(answered.isConfirmed(report(1_600, finding('postgres-down', { since: -20_000 })))).toBe(true)
})

test('what the engine or the ledger says is told at once, also beside something that is not certain yet', () => {
  expect(confirmation().isConfirmed(report(0, finding('host-away'), finding('fault-active')))).toBe(true)
  expect(confirmation().isConfirmed(report(0, finding('host-away'), finding('no-leader')))).toBe(false)
})
