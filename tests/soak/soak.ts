import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureHostImage } from '../../src-main/docker/image-build.js'
import { openHome } from '../../src-main/lab/store.js'
import { loadTopology } from '../../src-main/lab/topology-file.js'
import { fly, type Flight, type FlightPlan } from './flight.js'
import { scheduleOf, type Disturbance } from './schedule.js'
import { shrink } from './shrink.js'

const help = `npm run soak -- [--faults N] [--seed S] [OPTIONS]

Injects N random faults into a lab, heals between them, and lets the ledger of acknowledged writes and the invariants
judge. The same seed gives the same faults.

  --faults N        how many (50)
  --seed S          which (7)
  --topology NAME   on which cluster (pair-witness)
  --async           without synchronous mode: lost writes are counted, and no failure
  --replay FILE     the faults of a file that an earlier run wrote, instead of random ones
  --shrink N        after a failure, at most N runs in search of the shortest schedule that still fails (8)
  --json FILE       the result as JSON`

const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '50' },
    seed: { type: 'string', default: '7' },
    topology: { type: 'string', default: 'pair-witness' },
    async: { type: 'boolean', default: false },
    replay: { type: 'string' },
    shrink: { type: 'string', default: '8' },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) {
  console.log(help)
  process.exit(0)
}

const whole = (name: string, text: string): number => {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 0) return number
  console.error(`--${name} wants a whole number, not "${text}"\n\n${help}`)
  process.exit(2)
}
const [count, seed, mostRuns] = (['faults', 'seed', 'shrink'] as const).map((name) => whole(name, values[name])) as [
  number,
  number,
  number,
]
await ensureHostImage()
const topology = await loadTopology(values.topology)
const schedule = values.replay
  ? (JSON.parse(await readFile(values.replay, 'utf8')) as Disturbance[])
  : scheduleOf(seed, count, topology)
const home = await openHome(await mkdtemp(join(tmpdir(), 'dojo-soak-')))
const plan: FlightPlan = {
  topology: values.topology,
  set: values.async ? ['patroni.synchronous_mode=false'] : [],
  promisesAll: !values.async && topology.settings.patroni.synchronous_mode,
  say: (line) => console.error(line),
}

async function search(failing: readonly Disturbance[]): Promise<Disturbance[]> {
  let run = 0
  const quiet = { ...plan, say: () => undefined }
  const fails = async (part: readonly Disturbance[]): Promise<boolean> => {
    const failed = (await fly(home, part, quiet)).failures.length > 0
    console.error(`run ${++run}: ${part.length} faults ${failed ? 'still fail' : 'pass'}`)
    return failed
  }
  return shrink(failing, fails, mostRuns)
}

const report = ({ injected, refused, acknowledged, lost, unknown, outages, longestOutageS }: Flight): string =>
  `${injected} faults injected and healed, ${refused} refused; ${lost} of ${acknowledged} acknowledged writes lost, ` +
  `${unknown} unknown; ${outages} outages, the longest ${longestOutageS.toFixed(1)} s`

try {
  const flight = await fly(home, schedule, plan)
  console.log(report(flight))
  for (const failure of flight.failures) console.log(`FAILED  ${failure}`)
  let shortest: Disturbance[] | undefined
  if (flight.failures.length > 0 && mostRuns > 0) {
    shortest = await search(schedule)
    const file = `soak-${values.replay ? 'replay' : seed}.json`
    await writeFile(file, `${JSON.stringify(shortest, null, 2)}\n`)
    const names = shortest.map(({ kind, target }) => `${kind} ${target}`).join(', ')
    console.log(`\nthe shortest schedule that still fails: ${names}\nnpm run soak -- --replay ${file}`)
  }
  const result = { seed, topology: values.topology, synchronous: !values.async, ...flight, schedule, shortest }
  if (values.json) await writeFile(values.json, `${JSON.stringify(result, null, 2)}\n`)
  process.exitCode = flight.failures.length > 0 ? 1 : 0
} finally {
  await rm(home.dir, { recursive: true, force: true })
}
