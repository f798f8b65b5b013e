/**
 * From a leader change in etcd until the screen shows it: switchovers on a real lab, etcd's leader key watched by this
 * process, and the picture watched inside a real browser that has the app's page open. All on one machine's clock.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startLab } from '../tests/support/lab.js'
import { serveApp, type ServedApp } from './lab/app.js'
import { switchover, wholePair } from './lab/members.js'
import { watchKey } from './lab/watch-key.js'
import { finish } from './report/finish.js'
import { median, percentile } from './report/numbers.js'
import { openBrowser } from './screen/browser.js'
import { clockAhead } from './screen/clock.js'
import { watchHolder } from './screen/holder-on-screen.js'
import { delays, type Delay } from './screen/match.js'

const targetMs = 150
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '12' }, json: { type: 'string' } } })
/** A change that is not shown by then counts as never shown. */
const giveUpAfterMs = 5_000

const { browser, page } = await openBrowser()
let app: ServedApp | undefined
let ahead = { ms: 0, u: 0 }
let measured: Delay[] = []
const lab = await startLab('pair-witness')
try {
  await lab.backedUp
  app = await serveApp(lab.home.dir)
  const shown = await watchHolder(page, app.url, lab.info.lab)
  const key = await watchKey(lab.info, 'leader')
  ahead = await clockAhead(page)
  for (let round = 1; round <= Number(values.rounds); round++) {
    const { leader, standby } = await wholePair(lab.handle)
    await switchover(lab.handle, leader, standby)
    const until = performance.now() + giveUpAfterMs
    const isShown = async (): Promise<boolean> => {
      measured = delays(key.puts, await shown(), ahead.ms)
      return measured.length >= round && measured.at(-1)!.drawnMs !== null
    }
    while (!(await isShown()) && performance.now() < until) await pause(50)
    const last = measured.at(-1)
    console.error(`round ${round}: ${standby} after ${last?.drawnMs?.toFixed(0) ?? 'more than 5000'} ms`)
  }
  await key.stop()
} finally {
  await browser.close()
  await app?.close()
  await lab[Symbol.asyncDispose]()
}

const drawn = measured.map(({ drawnMs }) => drawnMs ?? Infinity)
const p95 = percentile(drawn, 95)
const inMs = (ms: number): string => (Number.isFinite(ms) ? `${ms.toFixed(0)} ms` : 'never')
await finish(
  {
    name: 'leader-screen',
    rows: [
      {
        what: 'leader change in etcd until the screen has drawn it, p95',
        ours: inMs(p95),
        value: `median ${inMs(median(drawn))}`,
        target: `< ${targetMs} ms`,
        met: p95 < targetMs,
        n: measured.length,
      },
    ],
    details: { changes: measured, clockAheadMs: ahead, targetMs },
  },
  values.json,
)
