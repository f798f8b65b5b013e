import { expect, test } from 'vitest'
import type { LabEvent } from '../../../../src-main/contract/record.js'
import { violationsAt, violationsIn } from '../../../../src-renderer/timeline/violations.js'
import { at, event } from '../../../support/recorded-failover.js'
import { violation } from '../../../support/recorded-partition.js'

const seen = violation(320) as LabEvent

test('a broken rule is told with its hosts, its time and how exact that is', () => {
  expect(violationsIn([event(1, 'promoted', 'pg2 promoted'), seen])).toMatchObject([
    {
      hosts: ['pg1', 'pg2'],
      t: at(320),
      withinMs: 480,
      until: null,
      words: 'pg1 and pg2 accept writes at the same time',
    },
  ])
})

test('it stands at its moment and for a while, not before and not for ever', () => {
  expect(violationsAt([seen], at(319))).toEqual([])
  expect(violationsAt([seen], at(321))).toHaveLength(1)
  expect(violationsAt([seen], at(330))).toEqual([])
})

test('an event of its end closes the interval that it began', () => {
  const data = { invariant: 'writablePrimaries', hosts: ['pg1', 'pg2'], from: at(320), to: null }
  const begun = { ...seen, data }
  const ended = {
    ...seen,
    t: at(335),
    kind: 'invariant.restored',
    data: { ...data, to: at(332) },
  } as unknown as LabEvent
  expect(violationsIn([begun, ended])).toMatchObject([{ from: at(320), until: at(332) }])
  expect(violationsAt([begun, ended], at(331))).toHaveLength(1)
  expect(violationsAt([begun, ended], at(340))).toEqual([])
})
