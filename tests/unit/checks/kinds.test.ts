import { describe, expect, test } from 'vitest'
import { fakeWorld, outage } from '../exercises/fake-world.js'
import type { FaultCut, FaultRecord } from '../../../src-main/contract/fault.js'
import { ask } from './ask.js'

const answers = (given: Record<string, string | number>) =>
  new Map(Object.entries(given).map(([id, value]) => [id, { value, at: 0 }]))
const passed = (id: string, passedAt: number) => new Map([[id, { verdict: 'pass' as const, passedAt }]])

describe('patroni.member', () => {
  const isLeader = { 'patroni.member': { member: 'pg1', role: 'leader', state: 'running', timeline: 1 } }

  test('passes when the list says so, and names the holder of the key', async () => {
    const verdict = await ask(fakeWorld(), isLeader)
    expect(verdict).toMatchObject({
      verdict: 'pass',
      expected: 'pg1 is leader, running, timeline 1',
      observed: 'pg1 is leader, running, timeline 1',
      why: 'pg1 holds the leader key',
    })
    expect(verdict.evidence[0]).toMatchObject({ source: 'GET /cluster on pg1' })
  })

  test('fails with a table of what differs', async () => {
    const verdict = await ask(fakeWorld(), {
      'patroni.member': { member: 'pg2', role: 'leader', state: 'running', timeline: 2 },
    })
    expect(verdict).toMatchObject({ verdict: 'fail', observed: 'pg2 is sync_standby, streaming, timeline 1' })
    expect(verdict.fields?.map(({ name, differs }) => [name, differs])).toEqual([
      ['role', true],
      ['state', true],
      ['timeline', true],
    ])
  })

  test('fails for a member that is not listed, and says who is', async () => {
    const verdict = await ask(fakeWorld(), { 'patroni.member': { member: 'pg9', role: 'replica' } })
    expect(verdict).toMatchObject({ verdict: 'fail', observed: 'no member pg9; listed: pg1, pg2' })
  })

  test('is an error, not a failure, when nobody answers', async () => {
    const world = fakeWorld()
    world.bodies = {}
    const verdict = await ask(world, isLeader)
    expect(verdict).toMatchObject({ verdict: 'error', observed: 'no answer to GET /cluster' })
    expect(verdict.why).toContain('pg1: connection refused')
  })

  test('asks the holder of the key first, as one that is cut off goes on naming itself', async () => {
    const world = fakeWorld()
    world.bodies['pg2/cluster'] = { members: [{ name: 'pg2', role: 'leader', state: 'running' }] }
    world.lead('pg2', 2)
    const verdict = await ask(world, { 'patroni.member': { member: 'pg2', role: 'leader' } })
    expect(verdict).toMatchObject({ verdict: 'pass', why: 'pg2 holds the leader key' })
  })
})

describe('network.cut', () => {
  const cutOff = { 'network.cut': { host: 'pg1', is: 'cut' } }
  const fault = (cuts: FaultCut[], state: FaultRecord['state'] = 'active'): FaultRecord => ({
    id: 'f1',
    kind: 'partition',
    target: 'pg1',
    options: {},
    state,
    appliedAt: 0,
    by: 'learner',
    cuts,
  })
  const bothWays = (a: string, b: string, services: string[] = []) => [
    { from: a, to: b, services },
    { from: b, to: a, services },
  ]
  const everything = [...bothWays('pg1', 'pg2'), ...bothWays('pg1', 'witness')]

  test('passes when nothing passes in either direction', async () => {
    const world = fakeWorld()
    world.state.faults = [fault(everything)]
    expect(await ask(world, cutOff)).toMatchObject({
      verdict: 'pass',
      observed: 'pg1 is cut off from pg2, witness, both ways',
      why: 'Faults on this lab: partition pg1',
    })
  })

  test('fails when one direction, or one service only, is cut, and says what still passes', async () => {
    const world = fakeWorld()
    world.state.faults = [fault(everything.filter(({ from }) => from === 'pg1'))]
    expect(await ask(world, cutOff)).toMatchObject({
      verdict: 'fail',
      observed: 'pg1 is cut off from pg2, witness in part',
      why: 'Packets still pass: pg2 to pg1, witness to pg1',
    })
    world.state.faults = [fault([...bothWays('pg1', 'pg2', ['etcd']), ...bothWays('pg1', 'witness')])]
    expect((await ask(world, { 'network.cut': { host: 'pg1', from: ['pg2'], is: 'partly' } })).verdict).toBe('pass')
  })

  test('is open without a fault, and after healing, but not while it heals', async () => {
    const world = fakeWorld()
    const open = { 'network.cut': { host: 'pg1', is: 'open' } }
    for (const state of ['healed', 'applying', 'ended'] as const) {
      world.state.faults = [fault(everything, state)]
      expect(await ask(world, open)).toMatchObject({
        verdict: 'pass',
        observed: 'nothing between pg1 and pg2, witness is cut',
      })
    }
    world.state.faults = [fault(everything, 'healing')]
    expect((await ask(world, open)).verdict).toBe('fail')
  })

  test('is an error for a host that is not there', async () => {
    expect((await ask(fakeWorld(), { 'network.cut': { host: 'pg9', is: 'open' } })).verdict).toBe('error')
  })
})

describe('writable', () => {
  const query = `pg1:select pg_is_in_recovery() as recovery, current_setting('default_transaction_read_only')::bool as locked`
  const accepts = { writable: { host: 'pg1', is: true } }
  const refuses = { writable: { host: 'pg1', is: false } }

  test('tells a primary from a standby and from one that is read-only', async () => {
    const world = fakeWorld()
    world.rows[query] = [{ recovery: false, locked: false }]
    expect(await ask(world, accepts)).toMatchObject({ verdict: 'pass', observed: 'pg1 accepts writes' })
    expect(await ask(world, refuses)).toMatchObject({ verdict: 'fail', expected: 'pg1 accepts no writes' })
    world.rows[query] = [{ recovery: true, locked: false }]
    expect(await ask(world, refuses)).toMatchObject({
      verdict: 'pass',
      why: 'PostgreSQL on pg1 is in recovery, as a standby is',
    })
    world.rows[query] = [{ recovery: false, locked: true }]
    expect(await ask(world, refuses)).toMatchObject({ verdict: 'pass', observed: 'pg1 accepts no writes' })
  })

  test('takes a server that shuts down for an answer', async () => {
    const world = fakeWorld()
    world.rows[query] = Object.assign(new Error('the database system is shutting down'), { code: '57P03' })
    expect(await ask(world, refuses)).toMatchObject({
      verdict: 'pass',
      why: 'PostgreSQL on pg1 says: the database system is shutting down',
    })
    expect((await ask(world, accepts)).verdict).toBe('fail')
  })

  test('is an error when nobody answers', async () => {
    const world = fakeWorld()
    world.rows[query] = new Error('connect ECONNREFUSED')
    expect((await ask(world, refuses)).verdict).toBe('error')
    expect((await ask(world, accepts)).verdict).toBe('error')
  })
})

describe('host.state', () => {
  const crashed = { 'host.state': { host: 'pg1', is: 'exited', how: 'killed' } }

  test('passes for a crash', async () => {
    const world = fakeWorld()
    world.host('pg1', { container: 'exited', how: 'killed' })
    expect(await ask(world, crashed)).toMatchObject({ verdict: 'pass', observed: 'pg1 is down, crashed' })
  })

  test('tells a graceful stop from a crash', async () => {
    const world = fakeWorld()
    world.host('pg1', { container: 'exited', how: 'stopped' })
    expect(await ask(world, crashed)).toMatchObject({
      verdict: 'fail',
      expected: 'pg1 is down, crashed',
      observed: 'pg1 is down, stopped gracefully',
    })
  })

  test('fails while it runs, or stands still', async () => {
    const world = fakeWorld()
    expect(await ask(world, crashed)).toMatchObject({ verdict: 'fail', observed: 'pg1 is running' })
    world.host('pg1', { container: 'paused' })
    expect(await ask(world, crashed)).toMatchObject({ verdict: 'fail', observed: 'pg1 is frozen' })
  })

  test('is an error for a host that this lab does not have, and for an engine that is silent', async () => {
    const world = fakeWorld()
    expect(await ask(world, { 'host.state': { host: 'pg9', is: 'running' } })).toMatchObject({
      verdict: 'error',
      why: 'It could not be asked: no host pg9 in this lab; its hosts are pg1, pg2, witness',
    })
    world.state.hosts[0]!.engine.stale = true
    expect(await ask(world, crashed)).toMatchObject({ verdict: 'error', observed: 'pg1 is not known now' })
  })
})

describe('history', () => {
  const asked = { history: { event: 'switchover.requested', has: { leader: 'pg1', member: 'pg2' }, by: 'moved' } }

  test('passes for an event of the step, and says when', async () => {
    const world = fakeWorld()
    world.event('host.crashed', { host: 'pg1', text: 'crash pg1', t: world.now - 55_500 })
    expect(await ask(world, { history: { event: 'host.crashed', host: 'pg1' } })).toMatchObject({
      verdict: 'pass',
      observed: 'crash pg1, 4.5 s into the step',
    })
  })

  test('fails when nothing happened, or only before the step', async () => {
    const world = fakeWorld()
    world.event('host.crashed', { host: 'pg1', t: world.now - 61_000 })
    expect(await ask(world, { history: { event: 'host.crashed' } })).toMatchObject({
      verdict: 'fail',
      observed: 'no host.crashed',
      why: 'It has not happened since the step began',
    })
    expect(await ask(world, { history: { event: 'host.crashed', host: 'pg2', since: 'crash' } })).toMatchObject({
      verdict: 'fail',
    })
  })

  test('fails for a step that has not begun', async () => {
    expect(await ask(fakeWorld(), { history: { event: 'promoted', since: 'later' } })).toMatchObject({
      verdict: 'fail',
      why: 'Step later has not begun',
    })
  })

  test('`by` settles it: waiting for a moment, then it fails for good', async () => {
    const world = fakeWorld()
    expect(await ask(world, asked)).toMatchObject({ verdict: 'fail', why: 'Settled at the moment that moved passes' })
    expect(await ask(world, asked, { results: passed('moved', world.now - 500) })).toMatchObject({ verdict: 'waiting' })
    expect(await ask(world, asked, { results: passed('moved', world.now - 5000) })).toMatchObject({
      verdict: 'fail',
      expected: 'switchover.requested (leader pg1, member pg2)',
      why: 'It had not happened when moved passed',
    })
    // one that comes afterwards does not count
    world.event('switchover.requested', { data: { leader: 'pg1', member: 'pg2' } })
    expect(await ask(world, asked, { results: passed('moved', world.now - 5000) })).toMatchObject({ verdict: 'fail' })
    expect(await ask(world, asked, { results: passed('moved', world.now) })).toMatchObject({ verdict: 'pass' })
  })

  test('compares data by value, not by text that contains it', async () => {
    const world = fakeWorld()
    world.event('switchover.requested', { data: { leader: 'pg1', member: 'pg22' } })
    expect(await ask(world, asked, { results: passed('moved', world.now - 5000) })).toMatchObject({ verdict: 'fail' })
  })

  test('`never` passes only once it is settled, and doing nothing does not settle it', async () => {
    const world = fakeWorld()
    const never = { history: { event: 'leader.released', never: true, by: 'crashed' } }
    expect(await ask(world, never)).toMatchObject({ verdict: 'fail', expected: 'no leader.released' })
    expect(await ask(world, never, { results: passed('crashed', world.now - 5000) })).toMatchObject({ verdict: 'pass' })
    world.event('leader.released', { t: world.now - 6000 })
    expect(await ask(world, never, { results: passed('crashed', world.now - 5000) })).toMatchObject({ verdict: 'fail' })
  })
})

describe('sql', () => {
  const query = 'select pg_is_in_recovery() as standby'
  const check = { sql: { on: 'client.readWrite', query, row: { standby: false } } }

  test('passes and fails by the parsed row', async () => {
    const world = fakeWorld()
    world.rows[`readWrite:${query}`] = [{ standby: false }]
    expect(await ask(world, check)).toMatchObject({ verdict: 'pass', observed: 'standby is false' })
    world.rows[`readWrite:${query}`] = [{ standby: true }]
    expect(await ask(world, check)).toMatchObject({
      verdict: 'fail',
      expected: 'standby is false',
      observed: 'standby is true',
      why: "Asked the client's route with SQL",
    })
    world.rows[`readWrite:${query}`] = []
    expect(await ask(world, check)).toMatchObject({ verdict: 'fail', observed: 'no row' })
  })

  test('is an error when nobody answers, and when the query has no such column', async () => {
    const world = fakeWorld()
    expect(await ask(world, check)).toMatchObject({ verdict: 'error', observed: "no answer from the client's route" })
    world.rows[`readWrite:${query}`] = [{ other: 1 }]
    expect(await ask(world, check)).toMatchObject({
      verdict: 'error',
      why: 'It could not be asked: the query answers no column standby',
    })
  })

  test('compares the number of rows', async () => {
    const world = fakeWorld()
    world.rows['pg1:select 1'] = [{ a: 1 }, { a: 2 }]
    expect(await ask(world, { sql: { on: 'pg1', query: 'select 1', rows: { atLeast: 3 } } })).toMatchObject({
      verdict: 'fail',
      expected: 'at least 3 rows',
      observed: '2 rows',
    })
  })

  test('does not take two system identifiers for one, though they are one as numbers', async () => {
    const world = fakeWorld()
    world.rows['pg1:id'] = [{ id: '7710463312939565110' }]
    const same = (id: string) => ({ sql: { on: 'pg1', query: 'id', row: { id } } })
    expect(await ask(world, same('7710463312939565110'))).toMatchObject({ verdict: 'pass' })
    expect(await ask(world, same('7710463312939565111'))).toMatchObject({ verdict: 'fail' })
  })
})

describe('replication', () => {
  const sync = { replication: { application: 'pg2', state: 'streaming', sync_state: 'sync' } }

  test('passes for the row on the leader', async () => {
    expect(await ask(fakeWorld(), sync)).toMatchObject({
      verdict: 'pass',
      observed: 'pg2, streaming, sync',
      why: 'pg1 leads, and says so in pg_stat_replication',
    })
  })

  test('fails for another row, for none, and without a leader', async () => {
    const world = fakeWorld()
    world.rows['pg1:replication'] = [{ application_name: 'pg2', state: 'catchup', sync_state: 'async' }]
    expect(await ask(world, sync)).toMatchObject({
      verdict: 'fail',
      expected: 'pg2, streaming, sync',
      observed: 'pg2, catchup, async',
    })
    world.rows['pg1:replication'] = []
    expect(await ask(world, sync)).toMatchObject({ verdict: 'fail', observed: 'nothing streams from pg1' })
    world.lead(null, 1)
    expect(await ask(world, sync)).toMatchObject({ verdict: 'fail', observed: 'no leader' })
  })

  test('is an error when the leader does not answer, or nobody knows who leads', async () => {
    const world = fakeWorld()
    world.rows = {}
    expect(await ask(world, sync)).toMatchObject({ verdict: 'error', observed: 'no answer from pg1' })
    world.stale()
    expect(await ask(world, sync)).toMatchObject({ verdict: 'error', observed: 'the leader is not known now' })
  })

  test('counts', async () => {
    expect(await ask(fakeWorld(), { replication: { state: 'streaming', count: { atLeast: 2 } } })).toMatchObject({
      verdict: 'fail',
      expected: 'a standby, streaming: at least 2',
    })
  })
})

describe('etcd.members', () => {
  const three = { 'etcd.members': { healthy: 3, named: ['witness'], quorum: true } }

  test('passes, fails and is an error', async () => {
    const world = fakeWorld()
    expect(await ask(world, three)).toMatchObject({
      verdict: 'pass',
      observed: '3 of 3 answer (pg1, pg2, witness), quorum',
    })
    world.state.etcd.value!.members[2]!.answers = false
    expect(await ask(world, three)).toMatchObject({
      verdict: 'fail',
      expected: '3 members answer, witness among them, quorum',
      observed: '2 of 3 answer (pg1, pg2), quorum',
      why: 'No answer from witness',
    })
    world.stale()
    expect(await ask(world, three)).toMatchObject({
      verdict: 'error',
      why: 'etcd is silent, last 0.0 s ago: connection refused',
    })
  })
})

describe('probe', () => {
  test('measures an outage, also one that lasts', async () => {
    const world = fakeWorld()
    const atLeast = { probe: { outage: { atLeast: 5 } } }
    expect(await ask(world, atLeast)).toMatchObject({
      verdict: 'fail',
      expected: 'an outage of at least 5 s',
      observed: 'no outage',
    })
    world.stats!.outages = [outage(6, world.now - 6000, { until: null })]
    expect(await ask(world, atLeast)).toMatchObject({ verdict: 'pass', observed: 'an outage of 6.0 s, so far' })
  })

  test('forgets what was before the step', async () => {
    const world = fakeWorld()
    world.stats!.outages = [outage(20, world.now - 100_000)]
    expect(await ask(world, { probe: { outage: { atLeast: 5 } } })).toMatchObject({
      verdict: 'fail',
      observed: 'no outage',
    })
  })

  test('knows an outage of an earlier life of the app from the recorder', async () => {
    const world = fakeWorld()
    world.event('outage.ended', { t: world.now - 10_000, data: { ...outage(21.9, world.now - 40_000) } })
    expect(await ask(world, { probe: { outage: { atLeast: 20 } } })).toMatchObject({
      verdict: 'pass',
      observed: 'an outage of 21.9 s',
    })
  })

  test('an upper limit is settled by another check, and not before clients can write again', async () => {
    const world = fakeWorld()
    const short = { probe: { outage: { lessThan: 10 }, by: 'moved' } }
    expect(await ask(world, short)).toMatchObject({ verdict: 'fail', why: 'Settled once moved has passed' })
    const results = passed('moved', world.now)
    world.stats!.outages = [outage(2, world.now - 2000, { until: null })]
    expect(await ask(world, short, { results })).toMatchObject({
      verdict: 'waiting',
      observed: 'the outage still lasts',
    })
    world.stats!.outages = [outage(2.1, world.now - 4000)]
    expect(await ask(world, short, { results })).toMatchObject({ verdict: 'pass', observed: 'an outage of 2.1 s' })
    world.stats!.outages = [outage(22, world.now - 24_000)]
    expect(await ask(world, short, { results })).toMatchObject({ verdict: 'fail', observed: 'an outage of 22.0 s' })
  })

  test('counts lost writes once per outage, and is an error when nobody can be asked', async () => {
    const world = fakeWorld()
    const none = { probe: { lost: 0, by: 'moved' } }
    const results = passed('moved', world.now)
    expect(await ask(world, none, { results })).toMatchObject({
      verdict: 'pass',
      observed: '0 of 1000 acknowledged writes lost',
    })
    let asked = 0
    world.verified = () => {
      asked++
      return { ...world.stats!, lost: 3, verifiedAt: world.now }
    }
    await ask(world, none, { results })
    expect(asked, 'verified after the last outage already').toBe(0)
    world.stats = { ...world.stats!, outages: [outage(2, world.now)], verifiedAt: world.now }
    expect(await ask(world, none, { results })).toMatchObject({
      verdict: 'fail',
      observed: '3 of 1000 acknowledged writes lost',
    })
    world.stats = { ...world.stats!, verifiedAt: null }
    world.verified = () => {
      throw new Error('the write route leads to a standby')
    }
    expect(await ask(world, none, { results })).toMatchObject({
      verdict: 'error',
      why: 'the write route leads to a standby',
    })
  })

  test('is an error without a probe', async () => {
    const world = fakeWorld()
    world.stats = null
    expect(await ask(world, { probe: { acknowledged: { atLeast: 1 } } })).toMatchObject({
      verdict: 'error',
      observed: 'no probe',
    })
  })
})

describe('answer', () => {
  const leads = { answer: { question: 'q', live: 'leader', what: 'the host that holds the leader key' } }

  test('passes for the live value, whatever its case and space', async () => {
    const world = fakeWorld()
    expect(await ask(world, leads, { answers: answers({ q: ' PG1 ' }) })).toMatchObject({
      verdict: 'pass',
      observed: 'you answered  PG1 ',
      why: 'leader key in etcd: pg1',
    })
    expect(
      await ask(world, { answer: { question: 'q', live: 'timeline', what: 'it' } }, { answers: answers({ q: '1.0' }) }),
    ).toMatchObject({ verdict: 'pass' })
  })

  test('fails without an answer, and for a wrong one, without giving the right one away', async () => {
    const world = fakeWorld()
    expect(await ask(world, leads)).toMatchObject({ verdict: 'fail', observed: 'not answered yet' })
    const wrong = await ask(world, leads, { answers: answers({ q: 'pg2' }) })
    expect(wrong).toMatchObject({
      verdict: 'fail',
      expected: 'the host that holds the leader key',
      observed: 'you answered pg2',
    })
    expect(JSON.stringify(wrong)).not.toContain('pg1')
    expect(await ask(world, leads, { answers: answers({ q: 'pg1 or pg2' }) })).toMatchObject({ verdict: 'fail' })
  })

  test('is an error when the live value can not be read', async () => {
    const world = fakeWorld()
    world.stale()
    expect(await ask(world, leads, { answers: answers({ q: 'pg1' }) })).toMatchObject({
      verdict: 'error',
      why: "The live value could not be read: etcd's watch is silent, last 0.0 s ago: connection refused",
    })
  })

  test('events are told apart by what their data hold', async () => {
    const world = fakeWorld()
    const stops = { event: 'check.passed', has: { check: 'stops' } }
    const check = { answer: { question: 'q', live: { order: { of: [stops, 'promoted'] } }, what: 'the order' } }
    const given = { answers: answers({ q: 'check.passed, promoted' }) }
    world.event('check.passed', { t: world.now - 9000, data: { check: 'other' } })
    world.event('promoted', { t: world.now - 8000 })
    expect(await ask(world, check, given)).toMatchObject({ verdict: 'error' })
    world.event('check.passed', { t: world.now - 7000, data: { check: 'stops' } })
    expect(await ask(world, check, given)).toMatchObject({ verdict: 'fail' })
    const other = { answers: answers({ q: 'promoted, check.passed' }) }
    expect(await ask(world, check, other)).toMatchObject({ verdict: 'pass' })
    const seconds = { answer: { question: 'q', live: { seconds: { from: 'promoted', to: stops } }, what: 'seconds' } }
    expect(await ask(world, seconds, { answers: answers({ q: 1 }) })).toMatchObject({ verdict: 'pass' })
  })

  test('what the app was not running to see is taken as written, but only once it must have happened', async () => {
    const world = fakeWorld()
    const check = {
      answer: {
        question: 'q',
        live: { first: { of: ['lease.expired', 'leader.released'] } },
        unseen: { value: { literal: 'lease.expired' }, once: 'taken' },
        what: 'it',
      },
    }
    const given = { answers: answers({ q: 'lease.expired' }) }
    expect(await ask(world, check, given)).toMatchObject({ verdict: 'error' })
    expect(await ask(world, check, { ...given, results: passed('taken', world.now - 1000) })).toMatchObject({
      verdict: 'error',
    })
    expect(await ask(world, check, { ...given, results: passed('taken', world.now - 6000) })).toMatchObject({
      verdict: 'pass',
    })
    world.event('leader.released', { t: world.now - 10_000 })
    expect(await ask(world, check, { ...given, results: passed('taken', world.now - 6000) })).toMatchObject({
      verdict: 'fail',
    })
  })

  test('tolerance and meaning of choices', async () => {
    const world = fakeWorld()
    const near = { answer: { question: 'q', live: 'ttl', tolerance: 1, what: 'ttl' } }
    expect(await ask(world, near, { answers: answers({ q: 21 }) })).toMatchObject({ verdict: 'pass' })
    expect(await ask(world, near, { answers: answers({ q: 22 }) })).toMatchObject({ verdict: 'fail' })
    const means = {
      answer: { question: 'q', live: 'synchronous_mode', means: { 'It was on': true }, what: 'the mode' },
    }
    expect(await ask(world, means, { answers: answers({ q: 'It was on' }) })).toMatchObject({ verdict: 'pass' })
    expect(await ask(world, means, { answers: answers({ q: 'Luck' }) })).toMatchObject({ verdict: 'fail' })
  })
})

describe('answered and prediction', () => {
  test('a prediction is recorded when it is plausible, and not marked', async () => {
    const world = fakeWorld()
    const check = { prediction: { question: 'q', plausible: { atLeast: 1 }, unit: 's' } }
    expect(await ask(world, check)).toMatchObject({
      verdict: 'fail',
      expected: 'a prediction of at least 1 s',
      observed: 'none yet',
    })
    expect(await ask(world, check, { answers: answers({ q: 0 }) })).toMatchObject({ verdict: 'fail', observed: '0 s' })
    expect(await ask(world, check, { answers: answers({ q: 250 }) })).toMatchObject({
      verdict: 'pass',
      observed: '250 s',
    })
  })

  test('a prediction that came after the outcome could be seen does not count', async () => {
    const world = fakeWorld()
    const check = { prediction: { question: 'q', before: 'cut' } }
    const given = { answers: new Map([['q', { value: 'nobody', at: 500 }]]) }
    expect(await ask(world, check, given)).toMatchObject({ verdict: 'pass' })
    expect(await ask(world, check, { ...given, results: passed('cut', 900) })).toMatchObject({ verdict: 'pass' })
    expect(await ask(world, check, { ...given, results: passed('cut', 100) })).toMatchObject({
      verdict: 'fail',
      why: 'It came after cut had passed, when the outcome could be seen',
    })
  })

  test('a certain answer', async () => {
    const world = fakeWorld()
    const check = { answered: { question: 'q', is: 'witness' } }
    expect(await ask(world, check)).toMatchObject({ verdict: 'fail', observed: 'not answered yet' })
    expect(await ask(world, check, { answers: answers({ q: 'Witness' }) })).toMatchObject({ verdict: 'pass' })
    expect(await ask(world, check, { answers: answers({ q: 'witness2' }) })).toMatchObject({ verdict: 'fail' })
  })
})

describe('cluster', () => {
  test('passes and fails by key and SQL', async () => {
    const world = fakeWorld()
    const moved = { cluster: { leader: 'pg2', timeline: { moreThan: 1 } } }
    expect(await ask(world, moved)).toMatchObject({
      verdict: 'fail',
      expected: 'leader pg2, timeline more than 1',
      observed: 'leader pg1, timeline 1',
      why: 'pg1 holds the leader key',
    })
    world.lead('pg2', 2)
    expect(await ask(world, moved)).toMatchObject({ verdict: 'pass', observed: 'leader pg2, timeline 2' })
    world.lead(null, 2)
    expect(await ask(world, moved)).toMatchObject({ verdict: 'fail', observed: 'leader nobody, timeline unknown' })
  })

  test("compares Patroni's settings, and says when one is not set", async () => {
    const world = fakeWorld()
    const asynchronous = { cluster: { settings: { synchronous_mode: false } } }
    expect(await ask(world, asynchronous)).toMatchObject({
      verdict: 'fail',
      expected: 'synchronous_mode false',
      observed: 'synchronous_mode true',
    })
    world.state.dcs.value!.config['synchronous_mode'] = false
    expect((await ask(world, asynchronous)).verdict).toBe('pass')
    delete world.state.dcs.value!.config['synchronous_mode']
    expect(await ask(world, asynchronous)).toMatchObject({ verdict: 'fail', observed: 'synchronous_mode unset' })
  })

  test('is an error when the keys or the leader can not be read', async () => {
    const world = fakeWorld()
    world.state.hosts[0]!.postgres!.stale = true
    expect(await ask(world, { cluster: { timeline: 1 } })).toMatchObject({
      verdict: 'error',
      why: 'SQL on pg1 is silent, last 0.0 s ago',
    })
    world.stale()
    expect(await ask(world, { cluster: { leader: 'pg1' } })).toMatchObject({
      verdict: 'error',
      observed: 'the cluster is not known now',
    })
  })
})

describe('exec', () => {
  const check = { exec: { on: 'pg1', run: ['cat', '/f'], stdout: 'yes' } }

  test('passes, fails, and is an error when the host is down', async () => {
    const world = fakeWorld()
    world.outputs['pg1: cat /f'] = { code: 0, stdout: 'yes\n', stderr: '' }
    expect(await ask(world, check)).toMatchObject({ verdict: 'pass' })
    world.outputs['pg1: cat /f'] = { code: 1, stdout: '', stderr: 'cat: /f: No such file' }
    expect(await ask(world, check)).toMatchObject({
      verdict: 'fail',
      observed: 'exit code 1, output nothing',
      why: 'cat: /f: No such file',
    })
    world.outputs = {}
    expect(await ask(world, check)).toMatchObject({
      verdict: 'error',
      observed: 'no answer from pg1',
      why: 'pg1 is down',
    })
  })
})

describe('rejoin', () => {
  const check = { rejoin: { host: 'pg1', how: { isNot: 'rebuilt' } } }
  const command = 'sh -c stat -c %W "$PGDATA" && { grep -hF "pg_rewind exit code=0" /var/log/patroni/* || true; }'
  /** A second later, so that nothing is answered from before. */
  const told = (world: ReturnType<typeof fakeWorld>, bornAt: number, log: string): void => {
    world.now += 2000
    world.outputs[`pg1: ${command}`] = { code: 0, stdout: `${Math.floor(bornAt / 1000)}\n${log}`, stderr: '' }
  }

  test('streaming, rewound and rebuilt are told apart', async () => {
    const world = fakeWorld()
    told(world, world.now - 600_000, '')
    expect(await ask(world, check)).toMatchObject({ verdict: 'pass', observed: 'streaming' })
    const at = new Date(world.now - 5000).toISOString().replace('T', ' ').replace('.', ',').slice(0, 23)
    told(world, world.now - 600_000, `patroni: ${at} INFO: pg_rewind exit code=0\n`)
    expect(await ask(world, check)).toMatchObject({ verdict: 'pass', observed: 'pg_rewind' })
    told(world, world.now - 5000, '')
    expect(await ask(world, check)).toMatchObject({
      verdict: 'fail',
      expected: 'pg1 rejoined: not rebuilt',
      observed: 'rebuilt',
      why: 'On pg1, its data directory was copied anew',
    })
  })

  test('a rewind of an earlier day does not count', async () => {
    const world = fakeWorld()
    told(world, world.now - 600_000, 'patroni: 2020-01-01 00:00:00,000 INFO: pg_rewind exit code=0\n')
    expect(await ask(world, check)).toMatchObject({ verdict: 'pass', observed: 'streaming' })
  })

  test('several checks at once run the command once, and not at all on a host that is down', async () => {
    const world = fakeWorld()
    told(world, world.now - 600_000, '')
    let runs = 0
    const { exec } = world
    world.exec = (...args) => {
      runs++
      return exec(...args)
    }
    await Promise.all([ask(world, check), ask(world, check), ask(world, check)])
    expect(runs).toBe(1)
    world.now += 1100
    world.host('pg1', { container: 'exited', how: 'killed' })
    expect(await ask(world, check)).toMatchObject({ verdict: 'error', why: 'pg1 is exited' })
    expect(runs).toBe(1)
  })

  test('is an error when the host can not be asked', async () => {
    expect(await ask(fakeWorld(), check)).toMatchObject({ verdict: 'error', observed: 'no answer from pg1' })
  })
})
