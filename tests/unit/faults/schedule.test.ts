import { appendFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FaultRecord } from '../../../src-main/contract/fault.js'
import { createFaults, type Faults } from '../../../src-main/faults/index.js'
import { dueNow, healDueAt, nextDueAt, occurrences, whyNotScheduled } from '../../../src-main/faults/schedule.js'
import { waitFor } from '../../../src-main/util/wait-for.js'
import { fakeLab, knowing } from './fake-lab.js'

const record: FaultRecord = {
  id: 'f1',
  kind: 'freeze',
  target: 'leader',
  options: {},
  state: 'scheduled',
  appliedAt: 1_000,
  schedule: { dueAt: 1_000, n: 1, of: 1 },
  by: 'cli',
}

describe('a schedule', () => {
  test('counts its injections from the request', () => {
    expect(occurrences({ afterMs: 10, everyMs: 1_000, times: 3 }, 100)).toEqual([
      { dueAt: 110, n: 1, of: 3 },
      { dueAt: 1_110, n: 2, of: 3 },
      { dueAt: 2_110, n: 3, of: 3 },
    ])
    expect(occurrences({ forMs: 10 }, 100)).toEqual([{ dueAt: 100, n: 1, of: 1 }])
  })

  test.each([
    [{ everyMs: 1_000 }, false, 'wants "times"'],
    [{ times: 2 }, false, 'wants "every"'],
    [{ forMs: 1_000 }, true, 'ends by itself'],
    [{ forMs: 1_000, everyMs: 1_000, times: 2 }, false, 'not shorter'],
    [{ afterMs: 1, forMs: 999, everyMs: 1_000, times: 2 }, false, 'fine'],
    [{ afterMs: 1, times: 1 }, true, 'fine'],
  ])('%j, of a fault that ends by itself: %s, is refused: %s', (schedule, endsByItself, why) => {
    expect(whyNotScheduled(schedule, endsByItself) ?? 'fine').toContain(why)
  })

  test('an injection is due, or missed when nobody was there; a heal is never too late', () => {
    expect([999, 1_000, 1_500, 1_501].map((now) => dueNow(record, now, 500))).toEqual([
      null,
      'inject',
      'inject',
      'miss',
    ])
    const lasting: FaultRecord = {
      ...record,
      state: 'active',
      appliedAt: 2_000,
      schedule: { dueAt: 1_000, forMs: 50, n: 1, of: 1 },
    }
    expect(healDueAt(lasting)).toBe(2_050)
    expect([2_049, 2_050, 9_999_999].map((now) => dueNow(lasting, now, 0))).toEqual([null, 'heal', 'heal'])
    expect(dueNow({ ...lasting, state: 'healed' }, 9_999, 0)).toBeNull()
    expect(nextDueAt([lasting, record, { ...record, state: 'failed' }])).toBe(1_000)
    expect(nextDueAt([{ ...record, state: 'ended' }])).toBeNull()
  })
})

describe('scheduled faults', () => {
  let lab: Awaited<ReturnType<typeof fakeLab>>
  let faults: Faults
  const leading = { now: 'pg1' }
  const observer = {
    state: () => (knowing(leading.now) as { state(): object }).state(),
    onState: () => () => undefined,
  } as never
  const reopen = async (): Promise<void> => {
    await faults.close()
    faults = await createFaults({ lab, observer })
  }
  const until = (id: string, state: FaultRecord['state']): Promise<FaultRecord> =>
    waitFor(
      () => faults.list().find((one) => one.id === id)!,
      (one) => one.state === state,
      {
        what: `${id} to be ${state}`,
        withinMs: 10_000,
        everyMs: 10,
        signal: new AbortController().signal,
        describe: ({ state: now }) => now,
      },
    )
  beforeEach(async () => {
    leading.now = 'pg1'
    lab = await fakeLab()
    faults = await createFaults({ lab, observer })
  })
  afterEach(async () => {
    await faults.close()
    await rm(lab.dir, { recursive: true, force: true })
  })

  test('are in the ledger before they are due, and mean who has the role when they are', async () => {
    const first = await faults.inject({ kind: 'freeze', target: 'leader', schedule: { afterMs: 300, forMs: 100 } })
    expect(first).toMatchObject({ state: 'scheduled', target: 'leader', schedule: { n: 1, of: 1, role: 'leader' } })
    expect([faults.pending(), lab.done]).toEqual([true, []])
    leading.now = 'pg2'
    expect(await until(first.id, 'healed')).toMatchObject({ target: 'pg2' })
    expect(lab.done).toEqual(['pause pg2', 'unpause pg2'])
    expect(faults.pending()).toBe(false)
  })

  test('happen as often as asked; the first at once when nothing says after', async () => {
    const schedule = { forMs: 100, everyMs: 1_000, times: 2 }
    const first = await faults.inject({ kind: 'freeze', target: 'pg1', schedule })
    expect(first).toMatchObject({ state: 'active', schedule: { n: 1, of: 2 } })
    const second = faults.list()[1]!
    expect(second).toMatchObject({ state: 'scheduled', schedule: { n: 2, of: 2 } })
    await until(second.id, 'healed')
    expect(lab.done).toEqual(['pause pg1', 'unpause pg1', 'pause pg1', 'unpause pg1'])
  })

  test.each([
    [{ kind: 'crash', target: 'pg9' }, 'unknown-host'],
    [{ kind: 'stop', target: 'leader', options: { grace: 1 } }, 'usage'],
    [{ kind: 'start', target: 'pg1', schedule: { forMs: 5 } }, 'usage'],
    [{ kind: 'freeze', target: 'pg1', schedule: { everyMs: 5_000 } }, 'usage'],
  ])('%j is refused when it is asked for, as %s', async (request, code) => {
    const asked = faults.inject({ schedule: { afterMs: 60_000 }, ...request })
    await expect(asked).rejects.toMatchObject({ code })
    expect(faults.list()).toEqual([])
  })

  test('one whose first injection is refused has no sequel', async () => {
    lab.states['pg1'] = { container: 'exited', since: 1 }
    const asked = faults.inject({ kind: 'freeze', target: 'pg1', schedule: { everyMs: 1_000, times: 5 } })
    await expect(asked).rejects.toMatchObject({ code: 'fault-refused' })
    expect(faults.list()).toEqual([])
  })

  test('one that is refused when it is due has failed, and says why', async () => {
    const { id } = await faults.inject({ kind: 'freeze', target: 'pg1', schedule: { afterMs: 50 } })
    lab.states['pg1'] = { container: 'exited', since: 1 }
    expect((await until(id, 'failed')).effect).toEqual({
      holds: false,
      observed: 'Fault freeze on pg1 is not possible now: pg1 is down already',
    })
  })

  test('healing cancels what has not begun', async () => {
    const { id } = await faults.inject({ kind: 'freeze', target: 'pg1', schedule: { afterMs: 60_000 } })
    expect(await faults.heal(id)).toMatchObject([
      { state: 'ended', healing: { observed: 'cancelled before it was due' } },
    ])
    await faults.inject({ kind: 'freeze', target: 'pg1', schedule: { everyMs: 60_000, times: 3 } })
    expect((await faults.heal()).map(({ state }) => state)).toEqual(['healed', 'ended', 'ended'])
    expect([faults.pending(), lab.done]).toEqual([false, ['pause pg1', 'unpause pg1']])
  })

  test('nothing happens once this is closed; a heal that became due meanwhile is done at the next start', async () => {
    const { id, appliedAt } = await faults.inject({ kind: 'freeze', target: 'pg1', schedule: { forMs: 200 } })
    await faults.close()
    await waitFor(Date.now, (now) => now > appliedAt + 400, {
      what: 'its time to be over',
      withinMs: 5_000,
      signal: new AbortController().signal,
      describe: String,
    })
    expect(lab.done).toEqual(['pause pg1'])
    await reopen()
    await until(id, 'healed')
  })

  test('an injection that became due while nobody was there has failed, and one to come still comes', async () => {
    const due = (id: string, dueAt: number): Promise<void> => {
      const left = { ...record, id, target: 'pg1', appliedAt: dueAt, schedule: { dueAt, n: 1, of: 1 } }
      return appendFile(join(lab.dir, 'faults.jsonl'), `${JSON.stringify({ record: left })}\n`)
    }
    await due('fmissed', Date.now() - 5_000)
    await due('fcoming', Date.now() + 400)
    await reopen()
    expect((await until('fmissed', 'failed')).effect?.observed).toBe(
      'the app was not there when it was due, 5 s ago; nothing was done',
    )
    expect(lab.done).toEqual([])
    await until('fcoming', 'active')
  })

  test('what a living process has scheduled is its own to do', async () => {
    const left = { ...record, target: 'pg1', appliedAt: 1, schedule: { dueAt: 1, n: 1, of: 1 } }
    await appendFile(join(lab.dir, 'faults.jsonl'), `${JSON.stringify({ record: left, pid: process.ppid })}\n`)
    await reopen()
    expect(faults.list()).toMatchObject([{ id: 'f1', state: 'scheduled' }])
  })

  test('a heal by itself that fails is tried again', { timeout: 30_000 }, async () => {
    const unpause = lab.power.unpause
    let tries = 0
    lab.power.unpause = async (host) => {
      if (++tries === 1) throw new Error('the engine said no')
      await unpause(host)
    }
    const { id } = await faults.inject({ kind: 'freeze', target: 'pg1', schedule: { forMs: 50 } })
    await waitFor(
      () => faults.list().find((one) => one.id === id)!,
      (one) => one.healing?.holds === false,
      {
        what: 'the first try to fail',
        withinMs: 5_000,
        everyMs: 10,
        signal: new AbortController().signal,
        describe: JSON.stringify,
      },
    )
    expect(faults.pending()).toBe(true)
    await reopen() // which tries at once
    await until(id, 'healed')
    expect(tries).toBe(2)
  })
})
