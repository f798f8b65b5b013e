/**
 * Seconds without writes, and acknowledged writes lost, when the leader is disturbed: with pair-witness's settings and
 * with Patroni's defaults, in one run, each on a lab of its own. `--causes stop,crash` measures some of them.
 */
import { parseArgs } from 'node:util'
import { openSession } from '../src-main/api/session.js'
import { startLab } from '../tests/support/lab.js'
import { causes, sides, type Cause, type Side } from './failover/causes.js'
import { measure, type Measured } from './failover/measure.js'
import { finish } from './report/finish.js'
import { median } from './report/numbers.js'
import type { Row } from './report/table.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1' },
    causes: { type: 'string', default: causes.map(({ kind }) => kind).join(',') },
    json: { type: 'string' },
  },
})
const wanted = causes.filter(({ kind }) => values.causes.split(',').includes(kind))
if (wanted.length === 0) throw new Error(`No such cause. There are ${causes.map(({ kind }) => kind).join(', ')}`)
const measured: Record<Side, Measured[]> = { ours: [], defaults: [] }

for (const side of ['ours', 'defaults'] as const) {
  const lab = await startLab('pair-witness', { set: [...sides[side]] })
  try {
    await lab.backedUp
    const session = await openSession(lab.handle, { records: true })
    try {
      await session.probe.start()
      for (let round = 1; round <= Number(values.rounds); round++) {
        for (const cause of wanted) {
          const found = await measure(session, cause)
          measured[side].push(found)
          console.error(`${side}, ${cause.name}: ${found.sentence}; ${found.lost} lost, ${found.unknown} unknown`)
        }
      }
    } finally {
      await session.close()
    }
  } finally {
    await lab[Symbol.asyncDispose]()
  }
}

const of = (side: Side, { name }: Cause): Measured[] => measured[side].filter(({ cause }) => cause === name)
const lostBy = (side: Side, cause: Cause): number => of(side, cause).reduce((sum, { lost }) => sum + lost, 0)
const secondsOf = (side: Side, cause: Cause): number => median(of(side, cause).map(({ seconds }) => seconds))

const rowOf = (cause: Cause): Row => {
  const [ours, defaults] = [secondsOf('ours', cause), secondsOf('defaults', cause)]
  const lost = lostBy('ours', cause)
  const largest = of('ours', cause)
    .toSorted((a, b) => b.seconds - a.seconds)[0]!
    .sentence.split(', of it ')[1]
  return {
    what: `${cause.name}: seconds without writes${largest ? `; most of it ${largest}` : ''}`,
    ours: `${ours.toFixed(1)} s, ${lost} lost`,
    against: `Patroni's defaults ${defaults.toFixed(1)} s, ${lostBy('defaults', cause)} lost`,
    value: (ours / defaults).toFixed(2),
    target: `<= ${cause.claimS} s, 0 lost`,
    met: ours <= cause.claimS && lost === 0,
    n: of('ours', cause).length,
  }
}
await finish({ name: 'failover', rows: wanted.map(rowOf), details: { sides, causes: wanted, measured } }, values.json)
