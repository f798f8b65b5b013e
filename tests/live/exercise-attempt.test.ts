import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSession, type LabSession } from '../../src-main/api/session.js'
import type { AttemptView } from '../../src-main/contract/exercise.js'
import { createAttempt, loadExercise, openAttempt, type Attempt } from '../../src-main/exercises/index.js'
import { waitFor } from '../../src-main/util/wait-for.js'
import { startLab } from '../support/lab.js'

const until = (
  attempt: Attempt,
  what: string,
  holds: (view: AttemptView) => boolean,
  withinMs = 60_000,
): Promise<AttemptView> =>
  waitFor(() => attempt.view(), holds, {
    what,
    withinMs,
    everyMs: 20,
    signal: AbortSignal.timeout(withinMs + 5000),
    describe: ({ step }) =>
      JSON.stringify({
        baseline: step.baseline,
        checks: step.checks.map((it) => [it.id, it.result]),
        diagnosis: step.diagnosis?.id,
      }),
  })
const verdict = ({ step }: AttemptView, id: string) => step.checks.find((check) => check.id === id)?.result?.verdict

/** Answers of the first two steps from live values, as a learner reads them off the screen. */
async function upToTheCrash(attempt: Attempt, session: LabSession): Promise<string> {
  await until(attempt, 'the first step', ({ step }) => step.baseline.ok)
  const { leader } = session.state()
  await attempt.answer('who-leads', leader!)
  await attempt.answer('which-timeline', 1)
  await attempt.next()
  await until(attempt, 'the second step', ({ step }) => step.baseline.ok)
  await attempt.answer('ttl-now', 20)
  await attempt.answer('predicted-outage', 18)
  await attempt.next()
  await until(attempt, 'the third step', ({ step }) => step.id === 'crash' && step.baseline.ok)
  return leader!
}

test(
  'an attempt outlives its process in mid-failover, and a crash is told from a stop',
  { timeout: 240_000 },
  async () => {
    await using lab = await startLab('pair-witness')
    const exercise = await loadExercise('failover')
    let session = await openSession(lab.handle, { records: true })
    let attempt = await createAttempt({ world: session.world, exercise })
    try {
      const leader = await upToTheCrash(attempt, session)
      expect(attempt.view().step.prose).toContain(`**${leader}**`)

      // the decoy: a graceful stop is named, and does not pass
      await session.faults.inject({ kind: 'stop', target: leader, options: {}, by: 'learner' })
      const stopped = await until(attempt, 'the diagnosis of a stop', ({ step }) => step.diagnosis !== null)
      expect(stopped.step.diagnosis).toMatchObject({ id: 'stopped-not-crashed', title: 'Stopped, not crashed' })
      expect(verdict(stopped, 'crashed')).toBe('fail')
      await attempt.reset()
      const again = await until(attempt, 'the step to begin anew', ({ step }) => step.baseline.ok, 90_000)
      expect(again.step.diagnosis).toBeNull()
      const oldLeader = /Crash (\w+)'s host/.exec(again.step.actions[0]!.label)![1]!
      expect(oldLeader, 'the one that leads now, not the one that led before').not.toBe(leader)

      // the crash, and how soon its verdict is there
      const shown = new Promise<number>((resolve) =>
        attempt.onView((view) => verdict(view, 'crashed') === 'pass' && resolve(Date.now())),
      )
      const known = new Promise<number>((resolve) =>
        session.onState(({ hosts }) => {
          if (hosts.some(({ name, engine }) => name === oldLeader && engine.value?.container === 'exited'))
            resolve(Date.now())
        }),
      )
      await session.faults.inject({ kind: 'crash', target: oldLeader, options: {}, by: 'learner' })
      const lateBy = (await shown) - (await known)
      expect(lateBy, 'ms from the observed crash to its verdict').toBeLessThan(1000) // 300 at the 95th percentile when idle
      await until(attempt, 'the third step to be done', ({ step }) => step.done)
      await attempt.next()
      const { id } = attempt

      // the app dies here, without a word to the attempt: what is on disk is all there is
      await session.close()
      session = await openSession(lab.handle, { records: true })
      attempt = await openAttempt({ world: session.world, exercise, id })
      expect(attempt.view()).toMatchObject({ state: 'running', step: { id: 'follow' } })
      expect((await attempt.look(1)).step.questions[1]).toMatchObject({ id: 'predicted-outage', answer: 18 })
      await attempt.look(3)

      await until(attempt, 'the election', (view) => verdict(view, 'taken') === 'pass', 90_000)
      const file = JSON.parse(await readFile(join(lab.handle.dir, 'attempts', `${id}.json`), 'utf8')) as {
        variables: object
      }
      expect(file.variables).toMatchObject({ oldLeader, oldStandby: leader })
      await attempt.answer('why-free', 'The lease ran out, and etcd removed the key')
      await attempt.answer('in-order', 'Lease expired, leader key taken, promotion')
      const now = session.state()
      const timeline = now.hosts.find(({ name }) => name === now.leader)!.postgres!.value!.timeline
      await attempt.answer('new-timeline', timeline)
      // the promotion reaches the recorder a moment after the key that it follows
      const { step } = await until(attempt, 'the fourth step to be done', (view) => view.step.done)
      expect(step.checks.map((check) => [check.id, check.result?.verdict])).toEqual([
        ['taken', 'pass'],
        ['why-free-known', 'pass'],
        ['order-known', 'pass'],
        ['timeline-known', 'pass'],
      ])
      expect(step.readouts.every(({ value }) => /^\d+\.\d s$/.test(value))).toBe(true)
    } finally {
      await attempt.stop()
      await session.close()
    }
  },
)
