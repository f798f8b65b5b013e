import { describe, expect, test } from 'vitest'
import type { LabEvent, LabRecord } from '../../../../src-main/contract/record.js'
import { narrativeOf } from '../../../../src-renderer/timeline/narrative.js'
import { at, event, failoverRecords, writesAgainAt } from '../../../support/recorded-failover.js'
import { partitionRecords, violation } from '../../../support/recorded-partition.js'

const eventsOf = (records: readonly LabRecord[]): LabEvent[] =>
  records.filter((record) => record.k === 'event').toSorted((a, b) => a.t - b.t)
const told = (records: readonly LabRecord[]) => narrativeOf(eventsOf(records))

describe('a crash and its failover', () => {
  const [incident, ...others] = told(failoverRecords(900))

  test('is one incident, from its cause until the host streams again', () => {
    expect(others).toEqual([])
    expect(incident).toMatchObject({ title: 'Crash pg1', from: at(727), until: at(866) })
  })

  test('reads as cause, effects and end, each with its distance from the cause', () => {
    expect(incident!.sentences.map(({ sinceMs, words }) => `${(sinceMs / 1000).toFixed(1)} ${words}`)).toEqual([
      '0.0 The host of pg1 crashed, by you. It held the leader key and could not release it.',
      '0.0 The client’s writes stopped.',
      '0.1 pg2 no longer received WAL.',
      '0.1 etcd on pg1 is gone, 2 of 3 vote.',
      '20.4 The lease of pg1 ran out: the leader key was free.',
      '20.6 pg2 took the leader key, 0.2 s after it was free.',
      '21.3 pg2 was promoted to timeline 2, 0.7 s after taking the key.',
      '21.9 Writes came back after 21.9 s: unknown 3, failed 60.',
      '22.1 Timeline 2 from 0/5030000.',
      '133.0 The host of pg1 started.',
      '139.0 pg1 streams from pg2.',
    ])
  })

  test('says what the outage was made of, and claims no loss that nobody counted', () => {
    expect(incident!.summary).toBe(
      'Outage 21.9 s: 20.4 s until the lease ran out, 0.2 s until pg2 took the key, 0.7 s for the promotion, 0.6 s until the first write; 3 unknown. Whole again 2 min 19 s after it began.',
    )
  })

  test('while it lasts: says what is still so, and no end', () => {
    const [early] = told(failoverRecords(740))
    expect(early!.until).toBeNull()
    expect(early!.summary).toContain('Writes have not come back')
    expect(early!.summary).toContain('pg1 is away')
    const [later] = told(failoverRecords(writesAgainAt + 5))
    expect(later!.summary).toContain('Still so: pg1 is away')
  })
})

describe('a partition', () => {
  const [incident] = told(partitionRecords(372))

  test('tells the fault in its own words, what was lost, and when all was whole', () => {
    expect(incident!.sentences[0]!.words).toBe(
      'Cut pg1 off from pg2, witness, backup, proxy: everything, both ways, dropped, by you. pg1 held the leader key.',
    )
    expect(incident!.summary).toContain('7 acknowledged writes lost; 2 unknown')
    expect(incident).toMatchObject({ title: 'Partition pg1', until: at(361.4) })
  })

  test('a broken rule belongs to the incident, with how exact its time is', () => {
    const [broken] = told([...partitionRecords(372), violation(320.9)])
    const sentence = broken!.sentences.find(({ kind }) => kind === 'invariant.violated')!
    expect(sentence.words).toBe('A safety rule was broken: pg1 and pg2 accept writes at the same time.')
    expect(sentence.withinMs).toBe(480)
  })
})

describe('incidents', () => {
  test('far apart are two, and healing belongs to the one that it ends', () => {
    const cut = (s: number, id: string, kind: 'fault.applied' | 'fault.healed', host: string) =>
      event(s, kind, `partition ${host}`, { host, source: 'app', data: { id, fault: 'partition', by: 'cli' } })
    const incidents = told([
      cut(10, 'f1', 'fault.applied', 'pg1'),
      cut(200, 'f2', 'fault.applied', 'pg2'),
      cut(210, 'f1', 'fault.healed', 'pg1'),
      cut(400, 'f2', 'fault.healed', 'pg2'),
    ])
    expect(incidents.map(({ title, sentences }) => [title, sentences.length])).toEqual([
      ['Partition pg1', 2],
      ['Partition pg2', 2],
    ])
  })

  test('a momentary fault has nothing to heal, and its incident ends', () => {
    const data = { id: 'f1', fault: 'kill', by: 'cli', did: 'Sent KILL to patroni on pg1', momentary: true }
    const [incident] = told([event(10, 'fault.applied', 'kill pg1', { host: 'pg1', source: 'app', data })])
    expect(incident!.summary).not.toContain('is active')
    expect(incident!.until).toBe(at(10))
  })

  test('a fault after everything was whole is another one, however soon; one on top of a fault is not', () => {
    const cut = (s: number, id: string, kind: 'fault.applied' | 'fault.healed', host: string) =>
      event(s, kind, `partition ${host}`, { host, source: 'app', data: { id, fault: 'partition', by: 'cli' } })
    const titles = told([
      cut(10, 'f1', 'fault.applied', 'pg2'),
      cut(20, 'f1', 'fault.healed', 'pg2'),
      cut(25, 'f2', 'fault.applied', 'pg1'),
      cut(30, 'f3', 'fault.applied', 'witness'),
    ]).map(({ title }) => title)
    expect(titles).toEqual(['Partition pg2', 'Partition pg1'])
  })

  test('without a recorded cause begin with what was noticed first', () => {
    const [incident] = told([
      event(10, 'lease.expired', 'lease expired', { host: 'pg1' }),
      event(10.4, 'leader.taken', 'pg2 takes the leader key', { host: 'pg2' }),
    ])
    expect(incident!.title).toBe('Without a known cause: lease expired')
    expect(incident!.summary).toBe('No outage was recorded.')
  })

  test('checks, answers and backups make no story', () => {
    expect(told([event(1, 'check.passed', 'a check'), event(2, 'backup', 'full backup', { host: 'backup' })])).toEqual(
      [],
    )
  })
})
