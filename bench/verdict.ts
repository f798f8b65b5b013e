/**
 * From the moment a condition holds on a real lab until the attempt's view says that its check has passed: conditions that
 * the app hears of through etcd, through the engine, and by asking with SQL, made true and false by turns.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openSession } from '../src-main/api/session.js'
import type { AttemptView } from '../src-main/contract/exercise.js'
import { createAttempt, type Attempt } from '../src-main/exercises/attempt.js'
import { readExercise } from '../src-main/exercises/load.js'
import { appRoot } from '../src-main/util/app-root.js'
import { startLab } from '../tests/support/lab.js'
import { machineClock } from './lab/watch-key.js'
import { finish } from './report/finish.js'
import { median, percentile } from './report/numbers.js'
import { conditionsOf } from './verdict/conditions.js'

const targetMs = 300
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' }, json: { type: 'string' } } })
const withinMs = 30_000
const quietMs = 1_500

const { exercise, errors } = await readExercise(join(appRoot(), 'bench', 'verdict'))
if (!exercise) throw new Error(errors.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'))
const measured: { check: string; ms: number }[] = []
const lab = await startLab('pair-witness')
try {
  await lab.backedUp
  const { conditions, close } = await conditionsOf(lab.handle)
  const session = await openSession(lab.handle, { records: true })
  const attempt = await createAttempt({ world: session.world, exercise })
  try {
    for (let round = 1; round <= Number(values.rounds); round++) {
      for (const { check, make, undo } of conditions) {
        await seen(attempt, check, (verdict) => verdict !== undefined && verdict !== 'pass')
        // news of any kind has every check asked at once: let the last one pass, and meet timers at any point of them
        await pause(quietMs + Math.random() * 500)
        const shown = seen(attempt, check, (verdict) => verdict === 'pass')
        const at = await make()
        measured.push({ check, ms: (await shown) - at })
        await undo()
      }
      const last = measured.slice(-conditions.length).map(({ check, ms }) => `${check} ${ms.toFixed(0)} ms`)
      console.error(`round ${round}: ${last.join(', ')}`)
    }
  } finally {
    await attempt.stop()
    await session.close()
    await close()
  }
} finally {
  await lab[Symbol.asyncDispose]()
}

/** When the view had such a verdict of a check, on the machine's clock. */
async function seen(attempt: Attempt, check: string, holds: (verdict?: string) => boolean): Promise<number> {
  const isIt = ({ step }: AttemptView): boolean => holds(step.checks.find(({ id }) => id === check)?.result?.verdict)
  if (isIt(attempt.view())) return machineClock()
  return await new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      stop()
      reject(new Error(`the check "${check}" did not change in ${withinMs / 1000} s`))
    }, withinMs)
    const stop = attempt.onView((view) => {
      if (!isIt(view)) return
      clearTimeout(late)
      stop()
      resolve(machineClock())
    })
  })
}

const all = measured.map(({ ms }) => ms)
const p95 = percentile(all, 95)
const of = (check: string): number[] => measured.filter((one) => one.check === check).map(({ ms }) => ms)
const medians = ['etcd', 'engine', 'sql'].map((check) => `${check} ${median(of(check)).toFixed(0)}`)
await finish(
  {
    name: 'verdict',
    rows: [
      {
        what: "a step's check, from its condition until the attempt's view has it, p95",
        ours: `${p95.toFixed(0)} ms`,
        value: `medians: ${medians.join(', ')} ms`,
        target: `< ${targetMs} ms`,
        met: p95 < targetMs,
        n: all.length,
      },
    ],
    details: { measured, targetMs },
  },
  values.json,
)
